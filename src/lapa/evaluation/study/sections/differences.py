"""The first arm against each of the others, on the same seeds, subsets and scenes."""

from __future__ import annotations

from lapa.evaluation.blocks import Table, folded, rows
from lapa.evaluation.report.page import PageSection, Part
from lapa.evaluation.study.formatting import percent
from lapa.evaluation.study.question import Question, difference_grid, shown_questions
from lapa.evaluation.study.results import StudyResults, budget_words
from lapa.evaluation.study.statistics.crossed import estimate
from lapa.evaluation.study.statistics.differences import verdict
from lapa.evaluation.study.statistics.grid import Grid
from lapa.evaluation.study.statistics.power import MOST, seeds_needed
from lapa.evaluation.study.statistics.spread import spread

STATED = (0.05, 0.10, 0.20)
"""Differences for which the page says how many seeds show them."""
LEAD = (
    "Points of success, paired: the same pretraining seed, labelled subset and scene for both arms. Better or worse only "
    "where the 95 % interval leaves out zero. “Seeds for” a difference: pretraining seeds, each with as many labelled "
    "subsets of its own as here, that show a true difference of this size with 80 % power, given how much the "
    "difference varied between these seeds and subsets; from few seeds that is itself a rough figure."
)


def differences_section(results: StudyResults) -> PageSection:
    """All pairs with the first arm at the headline budget; other budgets open on a click."""
    headline = results.headline_budget
    blocks = list(rows(differences_table(results, headline)))
    for budget in results.main_budgets:
        if budget != headline:
            table = differences_table(results, budget)
            blocks += folded(f"The same with {budget_words(budget)}", rows(table))
    return PageSection(
        title="Paired differences", leads=(LEAD,), parts=(Part(blocks=tuple(blocks)),)
    )


def differences_table(results: StudyResults, budget: int | None) -> Table:
    """One row per setting, criterion and other arm."""
    first, *others = results.arms
    body = [
        _row(question, f"{first} − {other}", grid)
        for setting in results.settings
        for question in shown_questions(results, setting, budget)
        for other in others
        if (grid := difference_grid(results, question, first, other)) is not None
    ]
    needed = tuple(f"seeds for {100 * stated:.0f}" for stated in STATED)
    head = ("setting", "criterion", "arms", "difference", "verdict", "seeds × subsets", *needed)
    return Table(head=head, rows=tuple(body))


def _row(question: Question, arms: str, grid: Grid) -> tuple[str, ...]:
    mean = estimate(grid, bounds=(-1.0, 1.0))
    return (
        question.setting,
        question.title,
        arms,
        percent(mean, signed=True),
        verdict(mean),
        f"{len(grid.seeds)} × {len(grid.subsets)}",
        *(_needed(stated, grid) for stated in STATED),
    )


def _needed(stated: float, grid: Grid) -> str:
    if (components := spread(grid)) is None:
        return "unknown"
    seeds = seeds_needed(stated, components)
    return f"> {MOST}" if seeds is None else str(seeds)
