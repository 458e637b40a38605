"""What the command says before it runs anything, and what it hands to the runs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from lapa.records import CellOutcomes, CellResult
from lapa.studies import command as command_module
from lapa.studies.command import StudyCommand
from lapa.studies.orders import RunOrder
from lapa.studies.results import write_result
from toys.paths import ROOT
from toys.study_files import study_file

BEGUN, LATER = "abc1234000", "def5678000"


class Recorded:
    """An engine that notes what it is given and runs nothing."""

    given: dict[str, Any]

    def __init__(self, plan: object, **given: Any) -> None:
        type(self).given = given
        self.failed: dict[str, Path] = {}
        self.given_up: dict[str, str] = {}

    def carry_out(self, orders: Sequence[RunOrder]) -> None:
        assert orders


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    """A commit is made as soon as the command has begun."""
    monkeypatch.chdir(ROOT)
    commits = iter([BEGUN, LATER, LATER])
    monkeypatch.setattr(command_module, "code_version", lambda project: next(commits))
    monkeypatch.setattr(command_module, "Engine", Recorded)


def command_of(folder: Path, **said: Any) -> StudyCommand:
    params = {"data_root": str(folder / "data")}
    file = study_file(folder, params=params, arms=["scratch"], **said)
    return StudyCommand(file, project=ROOT, where="")


def test_runs_are_told_the_commit_that_the_command_began_with(tmp_path: Path) -> None:
    assert not command_of(tmp_path).run(jobs=1, redo_stale=False)
    assert Recorded.given["code"] == BEGUN


def test_a_listing_says_that_all_episodes_are_labelled_where_nobody_chose(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command_of(tmp_path).list()
    said = capsys.readouterr().out
    assert "in_domain-scratch-default-nall-s0-l0" in said
    assert "all of the robot set (nall), for the file has no budgets" in said
    command_of(tmp_path, budgets=[4, None]).list()
    assert "Labelled episodes: 4, all." in capsys.readouterr().out


def test_results_of_other_commits_are_kept_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = command_of(tmp_path, seeds=[0, 1])
    for cell, commit in zip(command.cells, (BEGUN, LATER), strict=True):
        result = CellResult(
            study=cell.study,
            key=cell.key,
            asked=cell.asked,
            runs=dict(cell.runs),
            digests={},
            outcomes={"reach": CellOutcomes(first_seed=7, successes="1")},
            metrics={},
            seconds=1.0,
            commit=commit,
        )
        write_result(result, cell.result)
    sentence = "1 of 2 results were made by other versions of the code: def5678 (1)."
    command.list()
    assert sentence in capsys.readouterr().err
    assert not command.run(jobs=1, redo_stale=False)
    assert sentence in capsys.readouterr().err
