"""`lapa doctor` fails when, and only when, a needed package is missing."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from lapa.cli import doctor as command


def test_this_machine_runs_the_tests_so_it_is_ready() -> None:
    result = CliRunner().invoke(command.doctor)
    assert result.exit_code == 0, result.output
    for name in ("Python", *command.PACKAGES, "free disk", "Slurm"):
        assert name in result.output


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "PACKAGES", ("torch", "no-such-package"))
    result = CliRunner().invoke(command.doctor)
    assert result.exit_code == 1
    line = next(line for line in result.output.splitlines() if "no-such-package" in line)
    assert "not installed" in line
    assert "missing" in line
