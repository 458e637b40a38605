"""What the page of a study is made of: all cells of its plan, whichever of them a command was asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lapa.records import CellResult
from lapa.studies.command import StudyCommand
from lapa.studies.orders import CellOrder
from lapa.studies.page import chunks_of
from lapa.studies.results import write_result
from toys.paths import ROOT
from toys.studies import cell
from toys.study_files import plan_of, study_file

GRID: dict[str, Any] = {
    "arms": ["lapa", "scratch"],
    "budgets": [2, 4],
    "subsets": [0, 1],
    "only": [{"arms": ["scratch"], "subsets": [0]}],
}
"""Six cells: subset 1 of `scratch` is none."""


@pytest.fixture(autouse=True)
def _in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def studied(folder: Path, where: str, *, without: str = "") -> tuple[StudyCommand, Path]:
    """A study whose cells have made-up results, all but one, and where its page goes."""
    data = folder / "data"
    file = study_file(folder, params={"data_root": str(data)}, **GRID)
    for order in StudyCommand(file, project=ROOT, where="").cells:
        if order.key.name != without:
            write_result(result_of(order), order.result)
    return StudyCommand(file, project=ROOT, where=where), data


def result_of(order: CellOrder) -> CellResult:
    told = {"study": order.study, "asked": order.asked}
    return cell(order.key, scenes=4).model_copy(update=told)


def page_of(command: StudyCommand, data: Path) -> str:
    command.write_page()
    (page,) = data.glob("*/study-tiny/*.html")
    return page.read_text()


def test_a_command_for_some_cells_writes_the_page_of_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command, data = studied(tmp_path, "arm=scratch,budget=4")
    assert [order.key.name for order in command.cells] == ["in_domain-scratch-default-n4-s0-l0"]
    page = page_of(command, data)
    assert "6 cells; headline figures" in page
    assert "in_domain-lapa-default-n2-s0-l1" in page
    assert "Page of 6 of 6 cells" in capsys.readouterr().err


def test_a_cell_that_only_takes_away_is_not_missing_and_one_of_the_plan_is(tmp_path: Path) -> None:
    command, data = studied(tmp_path, "arm=scratch", without="in_domain-lapa-default-n2-s0-l1")
    page = page_of(command, data)
    assert "1 cell is not there: not run yet, failed, or stale." in page
    assert "<li>in_domain-lapa-default-n2-s0-l1</li>" in page
    assert "in_domain-scratch-default-n2-s0-l1" not in page


def test_a_readme_shows_the_whole_study_whatever_is_asked_for(tmp_path: Path) -> None:
    command, _ = studied(tmp_path, "arm=scratch,budget=4")
    assert {result.key.arm for result in command.results()} == {"lapa", "scratch"}


def test_how_many_actions_a_variant_predicts_is_read_from_its_parameters(tmp_path: Path) -> None:
    variants = {"default": {}, "chunk": {"params": {"finetune.chunk": 4}}}
    plan = plan_of(tmp_path, arms=["scratch"], variants=variants)
    assert chunks_of(list(plan.cells.values())) == {
        ("in_domain", "default"): 1,
        ("in_domain", "chunk"): 4,
    }
