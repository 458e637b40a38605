"""What is not on the page, and why."""

from __future__ import annotations

from collections.abc import Sequence

from lapa.evaluation.blocks import Block, Note, folded, listed
from lapa.evaluation.report.page import PageSection, Part
from lapa.evaluation.study.formatting import joined
from lapa.evaluation.study.known_arms import LOWER, UPPER
from lapa.evaluation.study.missing import missing_cells
from lapa.evaluation.study.results import StudyResults
from lapa.records import CellKey

OPEN = 12
"""So many missing cells are named at once; the rest open on a click."""


def absent_section(results: StudyResults, expected: Sequence[CellKey] | None) -> PageSection:
    """Missing cells, and parts of the page that could not be made."""
    names = missing_cells(results, expected)
    blocks: list[Block] = [*listed(not_measured(results))]
    if names:
        counted = "1 cell is" if len(names) == 1 else f"{len(names)} cells are"
        why = "not run yet, failed, or stale" if expected else "not run yet, failed, or left out"
        text = f"{counted} not there: {why}."
        blocks += [
            Note(text=text),
            *listed(names[:OPEN]),
            *folded("The rest", listed(names[OPEN:])),
        ]
    return PageSection(title="Not measured", parts=(Part(blocks=blocks),))


def not_measured(results: StudyResults) -> list[str]:
    """One sentence for every part of the page that is missing."""
    cells = results.cells
    ends = any(one.ends for cell in cells for one in cell.outcomes.values())
    absences = {
        **_of_settings(results),
        "How trials ended: not measured, because the cells do not tell.": not ends,
        "What predicts success: not measured, because no cell has upstream figures.": not any(
            cell.upstream for cell in cells
        ),
        "Latency: not measured, because no cell has it.": not any(
            "latency_ms" in cell.metrics for cell in cells
        ),
    }
    return [sentence for sentence, holds in absences.items() if holds]


def _of_settings(results: StudyResults) -> dict[str, bool]:
    """What only some settings have."""
    no_gap = [s for s in results.settings if not _has_both_ends(results, s)]
    one_budget = [s for s in results.settings if len(results.main_budgets(s)) < 2]
    return {
        f"Share of the gap closed: not measured{_where(results, no_gap)}, because arm {LOWER} or {UPPER} was not "
        "tried.": bool(no_gap),
        f"Curves over labelled episodes: not measured{_where(results, one_budget)}, because one budget was tried.": (
            bool(one_budget)
        ),
    }


def _has_both_ends(results: StudyResults, setting: str) -> bool:
    budgets = results.main_budgets(setting)
    return any(
        all(results.at(setting=setting, arm=arm, budget=budget) for arm in (LOWER, UPPER))
        for budget in budgets
    )


def _where(results: StudyResults, settings: list[str]) -> str:
    """The settings that something lacks, if others have it."""
    return "" if settings == results.settings else f" in {joined(settings)}"
