"""Scorecards side by side as a table for a README or a paper: one row a checkpoint, a column a metric."""

from __future__ import annotations

from collections.abc import Sequence

from lapa.evaluation.formatting import ABSENT
from lapa.evaluation.report.comparison_page import LEGEND, MARKS
from lapa.evaluation.report.scorecard_section import unbroken
from lapa.evaluation.scorecard.comparison import Column, Row

DIGITS = 2
ARROWS = {"higher": "↑", "lower": "↓"}
SIDES = {True: "▲ ", False: "▼ ", None: ""}


def comparison_markdown(columns: Sequence[Column], rows: Sequence[Row]) -> str:
    """The table, and below it what its signs mean.

    Args:
        columns: the checkpoints; each becomes a row.
        rows: the metrics; each becomes a column, whose first cell is its control in words.
    """
    head = ["checkpoint", "passes", *(f"`{row.metric}` {ARROWS[row.better]}" for row in rows)]
    table = [head, ["---"] * len(head)]
    table += [_of_one(place, column, rows) for place, column in enumerate(columns)]
    lines = ["| " + " | ".join(cells) + " |" for cells in table]
    return "\n".join([*lines, "", LEGEND, ""])


def _of_one(place: int, column: Column, rows: Sequence[Row]) -> list[str]:
    card = column.card
    passes = f"{card.count('passes')} of {len(card.lines)}"
    return [column.name, passes, *(_cell(row, place) for row in rows)]


def _cell(row: Row, place: int) -> str:
    line = row.lines[place]
    if line is None:
        return ABSENT
    return f"{_side(row, place)}{MARKS[line.verdict]} {unbroken(line.metric, DIGITS)}"


def _side(row: Row, place: int) -> str:
    """Better or worse than the first; nothing where no difference is shown, or neither beats its control."""
    if place == 0 or not row.counts(place - 1):
        return ""
    return SIDES[row.is_better(place - 1)]
