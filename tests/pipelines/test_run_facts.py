"""What a page says about the process that wrote it."""

from __future__ import annotations

import pytest

from lapa.pipelines.run_facts import current_run, environment_of


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["run", "--env=bridge"], "bridge"),
        (["run", "--env", "bridge", "--pipelines=laq"], "bridge"),
        (["run", "-e", "bridge"], "bridge"),
        (["run"], "base"),
    ],
)
def test_the_environment_is_read_from_the_command(
    arguments: list[str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KEDRO_ENV", raising=False)
    assert environment_of(arguments) == expected


def test_the_environment_may_come_from_a_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEDRO_ENV", "videos")
    assert environment_of(["run"]) == "videos"


def test_a_run_has_its_command_and_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["/somewhere/bin/kedro", "run", "--params=run=my run"])
    facts = current_run("my run", seed=3)
    assert facts.command == "kedro run '--params=run=my run'"
    assert (facts.run, facts.seed) == ("my run", 3)
    assert "T" in facts.date
