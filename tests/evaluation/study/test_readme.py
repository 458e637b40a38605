"""What a README takes from a study, and where it puts it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from lapa.evaluation.study.plots.variant_bars import tried_variants
from lapa.evaluation.study.question import criterion_questions
from lapa.evaluation.study.readme import replace_between_markers, write_figure
from lapa.evaluation.study.readme_table import readme_table
from lapa.evaluation.study.results import StudyResults
from toys.studies import study

PAGE = "before\n<!-- begin results -->\nold\n<!-- end results -->\nafter\n"


def test_the_table_has_a_column_an_arm_and_says_what_its_brackets_are() -> None:
    lines = readme_table(study(arms=("lapa", "scratch"), seeds=2, subsets=2)).splitlines()
    assert lines[0] == "| closed-loop success, %, 25 labelled episodes | `lapa` | `scratch` |"
    assert lines[1] == "| --- | --- | --- |"
    assert [line.split(" | ")[0] for line in lines[2:4]] == ["| reach", "| lift"]
    assert all(line.count("[") == 2 for line in lines[2:6])
    assert "2 pretraining seeds × 2 labelled subsets × 30 scenes" in lines[-1]


def test_settings_are_named_where_there_are_several() -> None:
    table = readme_table(study(settings=("in_domain", "cross_task"), seeds=1, subsets=1))
    assert "| in_domain: reach |" in table
    assert "| cross_task: lift/unseen_words |" in table


@pytest.mark.parametrize("budgets", [(5, 25), (25,)])
def test_the_figure_is_the_same_for_the_same_results(
    budgets: tuple[int, ...], tmp_path: Path
) -> None:
    cells = study(arms=("lapa", "scratch"), budgets=budgets, seeds=2, subsets=2)
    write_figure(cells, tmp_path / "one.png")
    write_figure(cells[::-1], tmp_path / "two.png")
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()
    assert min(Image.open(tmp_path / "one.png").size) > 200


def test_variants_of_one_arm_are_what_the_figure_shows(tmp_path: Path) -> None:
    one = study(arms=("lapa",), budgets=(25,), variants=("default", "l1"), seeds=2, subsets=2)
    assert tried_variants(
        StudyResults.of(one), criterion_questions(StudyResults.of(one), "in_domain", 25)[0], "lapa"
    ) == ["default", "l1"]
    write_figure(one, tmp_path / "variants.png")
    alone = [cell for cell in one if cell.key.variant == "default"]
    write_figure(alone, tmp_path / "arms.png")
    wide, narrow = (Image.open(tmp_path / f"{name}.png").size for name in ("variants", "arms"))
    assert wide != narrow
    several = study(arms=("lapa", "scratch"), budgets=(25,), variants=("default", "l1"))
    write_figure(several, tmp_path / "several.png")  # bars of arms, whose colours are known


def test_only_what_stands_between_the_markers_is_replaced() -> None:
    r"""Backslashes in the new text are text: `\1` is no group."""
    new = replace_between_markers(PAGE, "results", r"new \1")
    assert new == PAGE.replace("old", r"new \1")
    assert replace_between_markers(new, "results", "old") == PAGE


@pytest.mark.parametrize(
    "text",
    ["no markers", PAGE + PAGE, "<!-- end results --> <!-- begin results -->"],
    ids=["none", "twice", "swapped"],
)
def test_other_markers_than_one_pair_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="markers of 'results'"):
        replace_between_markers(text, "results", "new")
