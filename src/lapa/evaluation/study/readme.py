"""A study's figure for a README, and how tables and figures are put between markers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from lapa.evaluation.study.plots.budget_curves import plot_budget_curves
from lapa.evaluation.study.plots.success_bars import plot_success_bars
from lapa.evaluation.study.plots.variant_bars import plot_variant_bars, tried_variants
from lapa.evaluation.study.question import shown_questions
from lapa.evaluation.study.results import StudyResults
from lapa.records import CellResult


def write_figure(results: Sequence[CellResult], png: Path) -> None:
    """Draw the first setting: curves over labelled episodes, or bars where there is one budget.

    Where one arm was tried in several variants, the bars are those of the variants.

    Args:
        results: of one study, in any order.
        png: to write.
    """
    study = StudyResults.of(results)
    setting = study.settings[0]
    if len(study.main_budgets(setting)) > 1:
        plot_budget_curves(study, shown_questions(study, setting, None), png)
        return
    questions = shown_questions(study, setting, study.headline_budget(setting))
    if len(study.arms) == 1 and len(tried_variants(study, questions[0], study.arms[0])) > 1:
        plot_variant_bars(study, questions, study.arms[0], png)
    else:
        plot_success_bars(study, questions, png)


def replace_between_markers(text: str, name: str, new: str) -> str:
    """Replace what stands between ``<!-- begin NAME -->`` and ``<!-- end NAME -->``.

    Args:
        text: of the page, with both markers once.
        name: of the markers.
        new: without the line breaks around it; the markers stay on lines of their own.

    Raises:
        ValueError: a marker is missing, is there twice, or the end comes first.
    """
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    counts = {marker: text.count(marker) for marker in (begin, end)}
    if set(counts.values()) != {1} or text.index(begin) > text.index(end):
        raise ValueError(
            f"markers of {name!r} are there {counts}, expected {begin!r} once and {end!r} once after it; "
            "write both into the page where the part is to stand"
        )
    between = re.compile(f"{re.escape(begin)}.*{re.escape(end)}", re.DOTALL)
    return between.sub(lambda _: f"{begin}\n{new}\n{end}", text)
