"""The first arm against each of the others, on the same seeds, subsets and scenes."""

from __future__ import annotations

from collections.abc import Callable

from lapa.evaluation.blocks import Note, Table, folded, rows
from lapa.evaluation.formatting import ABSENT
from lapa.evaluation.report.page import PageSection, Part
from lapa.evaluation.study.formatting import percent
from lapa.evaluation.study.keys import budget_words
from lapa.evaluation.study.question import all_questions, difference_grid
from lapa.evaluation.study.results import StudyResults
from lapa.evaluation.study.statistics.crossed import estimate
from lapa.evaluation.study.statistics.differences import verdict
from lapa.evaluation.study.statistics.grid import Grid
from lapa.evaluation.study.statistics.power import MOST, seeds_needed
from lapa.evaluation.study.statistics.spread import spread

STATED = (0.05, 0.10, 0.20)
"""Differences for which the page says how many seeds show them."""
LEAD = (
    "Points of success, paired: the same pretraining seed, labelled subset and scene for both arms. Better or worse only "
    "where the 95 % interval leaves out zero."
)
ABOUT_SEEDS = (
    "Pretraining seeds, each with as many labelled subsets of its own as here, that show a true difference of "
    f"{' / '.join(f'{100 * stated:.0f}' for stated in STATED)} points with 80 % power, given how much the paired difference "
    "varied between these seeds and subsets. From few seeds that is itself a rough figure."
)


def differences_section(results: StudyResults) -> PageSection:
    """The first arm minus every other at the headline budget; other budgets, and power, behind a click."""
    headline = results.headline_budget
    blocks = list(rows(differences_table(results, headline)))
    for budget in results.main_budgets:
        if budget != headline:
            table = differences_table(results, budget)
            blocks += folded(f"The same with {budget_words(budget)}", rows(table))
    needed = rows(_table(results, headline, _needed))
    blocks += folded("How many seeds show a difference", (Note(text=ABOUT_SEEDS), *needed))
    title = f"What {results.arms[0]} adds"
    return PageSection(title=title, leads=(LEAD,), parts=(Part(blocks=tuple(blocks)),))


def differences_table(results: StudyResults, budget: int | None) -> Table:
    """Settings and criteria (rows) by other arm (columns): difference and verdict."""
    return _table(results, budget, _judged)


def _table(results: StudyResults, budget: int | None, text: Callable[[Grid], str]) -> Table:
    first, *others = results.arms
    body = []
    for setting in results.settings:
        for question in all_questions(results, setting, budget):
            grids = [difference_grid(results, question, first, other) for other in others]
            if any(grid is not None for grid in grids):
                cells = [ABSENT if grid is None else text(grid) for grid in grids]
                body.append((setting, question.title, *cells))
    return Table(head=("setting", "criterion", *(f"− {o}" for o in others)), rows=tuple(body))


def _judged(grid: Grid) -> str:
    mean = estimate(grid, bounds=(-1.0, 1.0))
    return f"{percent(mean, signed=True)}\n{verdict(mean)}"


def _needed(grid: Grid) -> str:
    if (components := spread(grid)) is None:
        return "unknown"
    seeds = [seeds_needed(stated, components) for stated in STATED]
    return " / ".join(f"> {MOST}" if count is None else str(count) for count in seeds)
