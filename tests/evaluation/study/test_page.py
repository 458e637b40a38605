"""The page of a study: one file, the same for the same results, with everything that cells tell."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from lapa.data.media.video_encode import write_playable_video
from lapa.evaluation.study.in_short import in_short
from lapa.evaluation.study.page import write_study_page
from lapa.evaluation.study.results import StudyResults
from lapa.records import CellResult
from toys.studies import study

QUESTION = "Does watching <video> help?"
ARMS = ("lapa", "random_laq", "scratch", "action_pretrained")


@pytest.fixture(scope="module")
def cells() -> list[CellResult]:
    return study(arms=ARMS, seeds=2, subsets=2, scenes=40)


def videos(folder: Path, cells: list[CellResult]) -> Path:
    """A success of lapa and a failure of scratch, filmed in one cell each."""
    for arm, outcome in (("lapa", "success"), ("scratch", "failure")):
        cell = next(c for c in cells if (c.key.arm, c.key.budget) == (arm, 25))
        (folder / cell.key.name).mkdir(parents=True)
        file = folder / cell.key.name / f"reach_1000_{outcome}.mp4"
        write_playable_video(file, np.zeros((3, 16, 16, 3), np.uint8), fps=10, scale=1)
    return folder


def headings(page: str) -> list[str]:
    return re.findall(r"<h2 id=[^>]*>(.*?)</h2>", page)


def test_the_page_is_one_file_with_everything_in_it(
    cells: list[CellResult], tmp_path: Path
) -> None:
    file = write_study_page(
        cells, question=QUESTION, out=tmp_path / "page", videos=videos(tmp_path / "films", cells)
    )
    page = file.read_text()
    assert "Does watching &lt;video&gt; help?" in page
    assert headings(page) == [
        "The question",
        "Success",
        "Labelled episodes",
        "Gap closed",
        "What lapa adds",
        "Error and latency",
        "How trials ended",
        "What predicts success",
        "Videos",
        "Where the numbers come from",
    ]
    addresses = re.findall(r'(?:src|href)="([^"]{0,40})', page)
    assert all(address.startswith(("data:", "#")) for address in addresses)
    assert page.count("data:video/mp4") == 2
    assert "in_domain, reach, failure (25 labelled episodes)" in page
    for cell in cells:
        assert cell.key.name in page
        assert cell.digests["foundation"][:12] in page


def test_the_same_results_in_another_order_give_the_same_page(
    cells: list[CellResult], tmp_path: Path
) -> None:
    first, second = (
        write_study_page(order, question=QUESTION, out=tmp_path / name).read_bytes()
        for name, order in (("a", cells), ("b", cells[::-1]))
    )
    assert first == second


def test_one_seed_and_no_controls_still_make_a_page(tmp_path: Path) -> None:
    alone = study(arms=("lapa",), budgets=(None,), seeds=1, subsets=1)
    bare = [cell.model_copy(update={"upstream": {}, "digests": {}}) for cell in alone]
    page = write_study_page(bare, question=QUESTION, out=tmp_path).read_text()
    assert "Gap closed" not in headings(page)
    assert "Labelled episodes" not in headings(page)
    assert "Not measured" in headings(page)
    assert "no interval: one pretraining seed says nothing about others" in page


def test_missing_cells_are_named(cells: list[CellResult], tmp_path: Path) -> None:
    page = write_study_page(cells[1:], question=QUESTION, out=tmp_path).read_text()
    assert "1 cells are not there" not in page
    assert "1 cell is not there" in page
    assert cells[0].key.name in page


def test_only_cells_of_the_plan_are_missing(cells: list[CellResult], tmp_path: Path) -> None:
    """A subset that one budget was not to have is no gap, whatever others have."""
    planned = [cell for cell in cells if (cell.key.budget, cell.key.subset) != (5, 1)]
    keys = [cell.key for cell in planned]
    page = write_study_page(planned, question=QUESTION, out=tmp_path, expected=keys).read_text()
    assert "Not measured" not in headings(page)
    page = write_study_page(planned[1:], question=QUESTION, out=tmp_path, expected=keys).read_text()
    assert "1 cell is not there: not run yet, failed, or stale." in page
    assert "-n5-s0-l1" not in page


def test_what_chooses_the_weights_is_said(cells: list[CellResult], tmp_path: Path) -> None:
    page = write_study_page(cells, question=QUESTION, out=tmp_path).read_text()
    assert "exported is chosen on held-out episodes" in page
    assert "docs/settings.md" in page


def test_the_answer_is_computed_from_the_intervals(cells: list[CellResult]) -> None:
    sentences = in_short(StudyResults.of(cells))
    assert sentences[0].startswith("In in_domain with 25 labelled episodes, lapa succeeds in ")
    assert "with its worst seed" in sentences[0]
    assert re.search(r"is better than random_laq .*scratch", sentences[1])
    assert re.search(r"It closes \d+ % \[.*\] of the gap between scratch", sentences[2])
    assert sentences[3].startswith("No upstream figure can be said to predict success")
    assert len(in_short(StudyResults.of(study(settings=tuple("abcdef"), seeds=1)))) <= 10
