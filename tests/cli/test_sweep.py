"""`lapa sweep`: what is said without running anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lapa.cli import sweep as cli_sweep
from toys.paths import ROOT
from toys.sweeps import RATE, sweep_file


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def said(file: Path, *options: str) -> Result:
    return CliRunner().invoke(cli_sweep.sweep, [str(file), *options])


def test_a_list_shows_the_space_and_how_many_trials_there_will_be(tmp_path: Path) -> None:
    result = said(sweep_file(tmp_path), "--list")
    assert result.exit_code == 0, result.output
    assert "0.0001 to 0.01, log" in result.output
    assert "0 of 3 trials" in result.output


def test_without_a_value_there_is_no_page(tmp_path: Path) -> None:
    result = said(sweep_file(tmp_path), "--page")
    assert result.exit_code == 0, result.output
    assert "no trial has a value yet: no page" in result.output


@pytest.mark.parametrize(
    ("space", "reason"),
    [
        ({"finetune.unpretrained_rate": {"low": 0.1, "high": 1.0}}, "no parameter"),
        ({RATE: {"low": -1.0, "high": 1.0}}, "greater than 0"),
        ({"finetune.labeled_episodes": {"choices": [2, 4]}}, "which the key budget gives"),
    ],
)
def test_a_space_that_cannot_be_is_refused_before_anything_runs(
    tmp_path: Path, space: dict[str, object], reason: str
) -> None:
    result = said(sweep_file(tmp_path, space=space))
    assert result.exit_code == 1
    assert reason in result.output
    assert not list(tmp_path.glob("data/*/sweep-tiny"))


def test_without_optuna_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli_sweep, "find_spec", lambda _: None)
    result = said(sweep_file(tmp_path))
    assert result.exit_code == 1
    assert "pip install 'lapa[sweep]'" in result.output
