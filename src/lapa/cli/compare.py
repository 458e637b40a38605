"""`lapa compare A B ...`: the scorecards of several checkpoints side by side."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from lapa.evaluation.blocks import Table as Rows
from lapa.evaluation.plots.checkpoint_dots import plot_checkpoints
from lapa.evaluation.report.comparison_markdown import comparison_markdown
from lapa.evaluation.report.comparison_page import (
    LEGEND,
    comparison_sentences,
    comparison_table,
    write_comparison_page,
)
from lapa.evaluation.scorecard.comparison import chosen, read_column, short_names
from lapa.evaluation.scorecard.comparison import compare as compare_cards
from lapa.folders.whole_file import write_whole
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
    "--metrics", default="", help="Only these, in this order, with commas between; default all."
)
@click.option(
    "--markdown",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write a table for a README: a row a checkpoint, a column a metric.",
)
@click.option(
    "--figure",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also draw them (PNG): a panel a metric, a row a checkpoint.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("comparison.html"),
    show_default=True,
    help="Page to write.",
)
def compare(
    reports: tuple[Path, ...],
    *,
    names: str,
    metrics: str,
    markdown: Path | None,
    figure: Path | None,
    out: Path,
) -> None:
    """Put scorecards side by side.

    A, B, ... are folders of reports about codes (data/08_reporting/RUN/laq, or of `lapa analyse`), or of a run's
    reports. Every other one is compared with A, paired over the same episodes where both were measured on them.
    """
    if len(reports) < 2:
        raise RefusedError(f"found {len(reports)} report, expected at least 2 to compare")
    called = _listed(names) or short_names(reports)
    if len(called) != len(reports) or len(set(called)) != len(called):
        raise RefusedError(
            f"--names: found {', '.join(called)}, expected {len(reports)} different names"
        )
    columns = [read_column(*of_one) for of_one in zip(reports, called, strict=True)]
    rows = chosen(compare_cards(columns), _listed(metrics))
    console = Console(width=None if Console().is_terminal else WIDTH)
    console.print(_console_table(comparison_table(columns, rows)))
    for sentence in comparison_sentences(columns, rows):
        click.echo(f"- {sentence}")
    click.echo(LEGEND)
    write_comparison_page(columns, rows, out)
    click.echo(f"page: {out}")
    if markdown is not None:
        write_whole(markdown, comparison_markdown(columns, rows))
        click.echo(f"table: {markdown}")
    if figure is not None:
        plot_checkpoints(columns, rows, figure)
        click.echo(f"figure: {figure}")


def _listed(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _console_table(rows: Rows) -> Table:
    table = Table(*rows.head)
    for row in rows.rows:
        table.add_row(*row)
    return table
