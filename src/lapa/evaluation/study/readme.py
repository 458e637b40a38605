"""A study's table and figure for a README, put between markers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from lapa.evaluation.study.formatting import percent
from lapa.evaluation.study.keys import budget_words
from lapa.evaluation.study.plots.budget_curves import plot_budget_curves
from lapa.evaluation.study.plots.success_bars import plot_success_bars
from lapa.evaluation.study.question import answer, shown_questions
from lapa.evaluation.study.results import StudyResults
from lapa.records import CellResult


def readme_table(results: Sequence[CellResult]) -> str:
    """The headline figures as Markdown: criteria by arm for every setting, and what the brackets are.

    Args:
        results: of one study, in any order.
    """
    study = StudyResults.of(results)
    budget = study.headline_budget
    several = len(study.settings) > 1
    lines = [
        _line([f"closed-loop success, %, {budget_words(budget)}", *(f"`{a}`" for a in study.arms)]),
        _line(["---"] * (1 + len(study.arms))),
    ]
    for setting in study.settings:
        for question in shown_questions(study, setting, budget):
            name = f"{setting}: {question.title}" if several else question.title
            rates = [percent(answer(study, question, arm), between=" ") for arm in study.arms]
            lines.append(_line([name, *rates]))
    return "\n".join([*lines, "", _footnote(study, budget)])


def write_figure(results: Sequence[CellResult], png: Path) -> None:
    """Draw the first setting: curves over labelled episodes, or bars where there is one budget.

    Args:
        results: of one study, in any order.
        png: to write.
    """
    study = StudyResults.of(results)
    setting = study.settings[0]
    if len(study.main_budgets) > 1:
        plot_budget_curves(study, shown_questions(study, setting, None), png)
    else:
        plot_success_bars(study, shown_questions(study, setting, study.headline_budget), png)


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


def _footnote(study: StudyResults, budget: int | None) -> str:
    cells = [c for c in study.main if c.key.budget == budget]
    seeds, subsets = ({getattr(c.key, axis) for c in cells} for axis in ("seed", "subset"))
    scenes = sorted({len(o.successes) for c in cells for o in c.outcomes.values()})
    counted = "/".join(map(str, scenes))
    return (
        f"Means over {len(seeds)} pretraining seeds × {len(subsets)} labelled subsets × {counted} scenes a "
        "criterion; in brackets 95 % intervals over all three."
    )


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
