"""Studies whose settings have budgets or variants of their own: nothing is said not to have been tried that was."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from lapa.evaluation.study.in_short import in_short
from lapa.evaluation.study.page import write_study_page
from lapa.evaluation.study.places import headline_places, other_places
from lapa.evaluation.study.readme import write_figure
from lapa.evaluation.study.readme_table import readme_table
from lapa.evaluation.study.results import StudyResults
from lapa.evaluation.study.sections.differences import differences_table
from lapa.evaluation.study.sections.gap import gap_table
from lapa.evaluation.study.sections.success import paper_table
from lapa.records import CellResult
from toys.studies import RATES, made_up, study

ARMS = ("lapa", "scratch", "action_pretrained")
TASKS = tuple(f"task-{number}" for number in range(10))


def ten_tasks(cells: list[CellResult]) -> list[CellResult]:
    """The cells as if they had tried ten tasks of unlike difficulty."""
    random = np.random.default_rng(0)
    return [
        cell.model_copy(
            update={
                "outcomes": {
                    task: made_up(random, rate=RATES[cell.key.arm] - 0.05 * n, scenes=10)
                    for n, task in enumerate(TASKS)
                }
            }
        )
        for cell in cells
    ]


@pytest.fixture(scope="module")
def tasks() -> list[CellResult]:
    """Three subsets at 20 episodes, one at 10 and 50."""
    return ten_tasks(
        [
            *study(settings=("many",), arms=ARMS, budgets=(20,)),
            *study(settings=("curve",), arms=ARMS, budgets=(10, 50), subsets=1),
        ]
    )


@pytest.fixture(scope="module")
def heads() -> list[CellResult]:
    """One arm; the second setting has no default variant."""
    return [
        *study(arms=("lapa",), variants=("default", "flow"), budgets=(25,)),
        *study(settings=("watched",), arms=("lapa",), variants=("joint", "whole"), budgets=(25,)),
    ]


def test_every_setting_stands_at_its_own_headline_budget(tasks: list[CellResult]) -> None:
    results = StudyResults.of(tasks)
    assert headline_places(results) == {"many": 20, "curve": 50}
    assert other_places(results) == {10: {"curve": 10}}


def test_tables_are_full_and_name_the_budgets_where_they_differ(tasks: list[CellResult]) -> None:
    results = StudyResults.of(tasks)
    table = paper_table(results, headline_places(results))
    assert list(table.head[1:]) == [
        "many\n20 labelled episodes\nseen",
        "curve\n50 labelled episodes\nseen",
    ]
    assert all("–" not in row for row in table.rows)
    assert all("[" in row[1] and "[" not in row[2] for row in table.rows)
    for rows in (
        differences_table(results, headline_places(results)).rows,
        gap_table(results, headline_places(results)).rows,
    ):
        assert [row[0] for row in rows] == [
            "many\n20 labelled episodes",
            "curve\n50 labelled episodes",
        ]


def test_ten_tasks_are_one_figure_with_one_verdict(tasks: list[CellResult]) -> None:
    results = StudyResults.of(tasks)
    table = differences_table(results, {"many": 20})
    (row,) = table.rows
    assert row[1] == "seen, mean of 10 tasks"
    assert row[table.head.index("− scratch")].endswith("better")


def test_the_answer_tells_of_every_setting(
    tasks: list[CellResult], heads: list[CellResult]
) -> None:
    said = in_short(StudyResults.of(tasks))
    assert said[0].startswith("In many with 20 labelled episodes, lapa succeeds in ")
    assert any(s.startswith("In curve with 50 labelled episodes, lapa succeeds in ") for s in said)
    of_heads = " ".join(in_short(StudyResults.of(heads)))
    assert "In watched with 25 labelled episodes (variant joint), lapa succeeds in " in of_heads
    assert re.search(r"Beside variant default of lapa, flow \([^)]*points\) ", of_heads)
    assert re.search(r"Beside variant joint of lapa, whole \([^)]*points\) ", of_heads)
    assert "no figure" not in of_heads


def test_an_arm_without_results_in_a_setting_has_no_figure_there() -> None:
    cells = [
        *study(settings=("one",), arms=ARMS, seeds=1),
        *study(settings=("two",), arms=("scratch",), seeds=1),
    ]
    said = in_short(StudyResults.of(cells))
    assert "In two with 25 labelled episodes, there is no figure for lapa." in said


def test_only_settings_with_several_budgets_have_curves(
    tasks: list[CellResult], tmp_path: Path
) -> None:
    page = write_study_page(tasks, question="?", out=tmp_path).read_text()
    assert [file.name for file in tmp_path.glob("budgets_*.png")] == ["budgets_curve.png"]
    assert "20 labelled episodes in many and 50 labelled episodes in curve" in page
    assert "many: 20; curve: 10 and 50" in page
    assert "not measured in many, because one budget was tried" in page
    assert "is not there: " not in page
    assert "are not there: " not in page


def test_the_readme_says_budget_and_brackets_of_every_setting(
    tasks: list[CellResult], tmp_path: Path
) -> None:
    lines = readme_table(tasks).splitlines()
    assert lines[0] == "| closed-loop success, % | `lapa` | `scratch` | `action_pretrained` |"
    assert lines[2].startswith("| many, 20 labelled episodes: seen, mean of 10 tasks | ")
    assert lines[3].startswith("| curve, 50 labelled episodes: seen, mean of 10 tasks | ")
    assert (lines[2].count("["), lines[3].count("[")) == (3, 0)
    assert "many: 3 pretraining seeds × 3 labelled subsets × 10 tasks × 10 scenes" in lines[-1]
    assert "intervals over seeds, subsets and tasks; curve: " in lines[-1]
    assert (
        "3 pretraining seeds × 1 labelled subset × 10 tasks × 10 scenes, no intervals" in lines[-1]
    )
    write_figure(tasks, tmp_path / "bars.png")
    assert (tmp_path / "bars.png").stat().st_size > 0


def test_the_readme_of_a_study_of_variants_has_their_table(heads: list[CellResult]) -> None:
    text = readme_table(heads)
    assert "closed-loop success" not in text, "one arm: its column would repeat the variants"
    assert "Variants (lapa, 25 labelled episodes):" in text
    assert "| in_domain | flow | " in text
    assert "| watched | joint | " in text
    assert "| in_domain | flow − default | 9 | " in text
    assert all(line.endswith("|") for line in text.splitlines() if line.startswith("|"))
