"""What is not on the page, and why."""

from __future__ import annotations

from collections.abc import Sequence

from lapa.evaluation.blocks import Block, Note, folded, listed
from lapa.evaluation.report.page import PageSection, Part
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
        why = "not run yet, or failed" if expected else "not run yet, failed, or left out"
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
        f"Share of the gap closed: not measured, because arm {LOWER} or {UPPER} was not tried.": not (
            {LOWER, UPPER} <= set(results.arms)
        ),
        "Curves over labelled episodes: not measured, because one budget was tried.": len(
            results.main_budgets
        )
        < 2,
        "How trials ended: not measured, because the cells do not tell.": not ends,
        "What predicts success: not measured, because no cell has upstream figures.": not any(
            cell.upstream for cell in cells
        ),
        "Latency: not measured, because no cell has it.": not any(
            "latency_ms" in cell.metrics for cell in cells
        ),
    }
    return [sentence for sentence, holds in absences.items() if holds]
