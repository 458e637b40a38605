"""The first arm against each of the others, on the same seeds, subsets and scenes."""

from __future__ import annotations

from collections.abc import Callable

from lapa.evaluation.blocks import Block, Note, Table, folded, rows
from lapa.evaluation.formatting import ABSENT
from lapa.evaluation.report.page import PageSection, Part
from lapa.evaluation.study.formatting import percent
from lapa.evaluation.study.places import (
    Places,
    at_other_places,
    headline_places,
    setting_words,
)
from lapa.evaluation.study.question import POINTS, all_questions, difference_grid
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

    def blocks(places: Places) -> tuple[Block, ...]:
        return rows(differences_table(results, places))

    headline = headline_places(results)
    every = [*blocks(headline), *at_other_places(results, blocks)]
    needed = rows(_table(results, headline, _needed))
    if needed:
        every += folded("How many seeds show a difference", (Note(text=ABOUT_SEEDS), *needed))
    title = f"What {results.arms[0]} adds"
    return PageSection(title=title, leads=(LEAD,), parts=(Part(blocks=every),))


def differences_table(results: StudyResults, places: Places) -> Table:
    """Settings and criteria (rows) by other arm (columns): difference and verdict."""
    return _table(results, places, judged)


def _table(results: StudyResults, places: Places, text: Callable[[Grid], str]) -> Table:
    first, *others = results.arms
    body = []
    for setting, budget in places.items():
        for question in all_questions(results, setting, budget):
            grids = [difference_grid(results, question, first, other) for other in others]
            if any(grid is not None for grid in grids):
                cells = [ABSENT if grid is None else text(grid) for grid in grids]
                body.append((setting_words(results, setting, places), question.title, *cells))
    return Table(head=("setting", "criterion", *(f"− {o}" for o in others)), rows=tuple(body))


def judged(grid: Grid) -> str:
    """Mean of paired differences with its interval, and the verdict."""
    mean = estimate(grid, bounds=POINTS)
    return f"{percent(mean, signed=True)}\n{verdict(mean)}"


def _needed(grid: Grid) -> str:
    if (components := spread(grid)) is None:
        return "unknown"
    seeds = [seeds_needed(stated, components) for stated in STATED]
    return " / ".join(f"> {MOST}" if count is None else str(count) for count in seeds)
