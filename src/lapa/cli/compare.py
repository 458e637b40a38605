"""`lapa compare A B ...`: the scorecards of several checkpoints side by side."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from lapa.evaluation.blocks import Table as Rows
from lapa.evaluation.report.comparison_page import (
    LEGEND,
    comparison_sentences,
    comparison_table,
    write_comparison_page,
)
from lapa.evaluation.scorecard.comparison import compare as compare_cards
from lapa.evaluation.scorecard.comparison import read_column, short_names
from lapa.refused import RefusedError

WIDTH = 150
"""Of a table that goes into a file."""


@click.command()
@click.argument(
    "reports",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    nargs=-1,
    required=True,
    metavar="A B...",
)
@click.option(
    "--names", default="", help="What to call them, with commas between; default their folders."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("comparison.html"),
    show_default=True,
    help="Page to write.",
)
def compare(reports: tuple[Path, ...], names: str, out: Path) -> None:
    """Put scorecards side by side.

    A, B, ... are folders of reports about codes (data/08_reporting/RUN/laq, or of `lapa analyse`), or of a run's
    reports. Every other one is compared with A, paired over the same episodes where both were measured on them.
    """
    if len(reports) < 2:
        raise RefusedError(f"found {len(reports)} report, expected at least 2 to compare")
    called = [name.strip() for name in names.split(",")] if names else short_names(reports)
    if len(called) != len(reports) or len(set(called)) != len(called):
        raise RefusedError(
            f"--names: found {', '.join(called)}, expected {len(reports)} different names"
        )
    columns = [read_column(*of_one) for of_one in zip(reports, called, strict=True)]
    rows = compare_cards(columns)
    console = Console(width=None if Console().is_terminal else WIDTH)
    console.print(_console_table(comparison_table(columns, rows)))
    for sentence in comparison_sentences(columns, rows):
        click.echo(f"- {sentence}")
    click.echo(LEGEND)
    write_comparison_page(columns, rows, out)
    click.echo(f"page: {out}")


def _console_table(rows: Rows) -> Table:
    table = Table(*rows.head)
    for row in rows.rows:
        table.add_row(*row)
    return table
