"""The resolved mixture as a table: in the log, and as ``mixture.csv``."""

from __future__ import annotations

import csv
import io
import logging
from pathlib import Path

from lapa.folders.whole_file import write_whole
from lapa.records import ShardSet

TABLE = "mixture.csv"
COLUMNS = ("dataset", "weight", "share", "episodes", "frames", "hours", "passes")
IN_LOG = ("dataset", "share", "episodes", "frames", "passes")
"""Few enough for one line of a narrow console."""
logger = logging.getLogger(__name__)


def rows_of(mixture: ShardSet) -> list[tuple[str, ...]]:
    """One row a source: weight, resolved share, training episodes, frames and hours taken.

    The last column says how often an epoch, which draws as many samples as there are, passes over them.
    """
    total = sum(member.frames for member in mixture.members)
    return [
        (
            member.dataset,
            f"{member.weight:g}",
            f"{member.share:.4f}",
            str(member.episodes),
            str(member.frames),
            f"{member.hours:.3g}",
            f"{member.share * total / member.frames:.3g}",
        )
        for member in mixture.members
    ]


def write_table(mixture: ShardSet, folder: Path) -> None:
    """Write ``mixture.csv`` into ``folder``."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *rows_of(mixture)])
    write_whole(folder / TABLE, text.getvalue())


def log_table(mixture: ShardSet) -> None:
    """Write the table to the log, columns aligned."""
    kept = [COLUMNS.index(name) for name in IN_LOG]
    rows = [[row[place] for place in kept] for row in (COLUMNS, *rows_of(mixture))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    logger.info("mixture balanced by %s:\n%s", mixture.balance, "\n".join(lines))
