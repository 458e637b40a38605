"""Scorecards side by side as text, for a console and as a page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lapa.evaluation.blocks import Note, Rows, Table, listed
from lapa.evaluation.formatting import ABSENT
from lapa.evaluation.report.page import PageSection, plain_section, write_page
from lapa.evaluation.report.scorecard_section import SIDES, two_lines
from lapa.evaluation.scorecard.card import Line
from lapa.evaluation.scorecard.comparison import Column, Row

MARKS = {"passes": "✓", "fails": "✗", "unclear": "?"}
LEGEND = (
    "✓ passes its control, ✗ fails it, ? is unclear. ▲ better than the first, ▼ worse, = the 95 % interval of the "
    "difference holds 0; in brackets where neither of the two passes its control: such a difference is one between two "
    "kinds of nothing. “unpaired”: the two were not resampled over the same episodes, so the interval is that of "
    "independent measurements, and too wide where the episodes are the same."
)


def comparison_table(columns: Sequence[Column], rows: Sequence[Row]) -> Table:
    """A row a metric: every checkpoint's value, then the differences to the first."""
    first = columns[0].name
    return Table(
        head=(
            "metric",
            "better",
            *(column.name for column in columns),
            *(f"{column.name} − {first}" for column in columns[1:]),
        ),
        rows=tuple(
            (
                row.metric,
                SIDES[row.better],
                *(_value(line) for line in row.lines),
                *(_difference(row, place) for place in range(len(row.differences))),
            )
            for row in rows
        ),
    )


def comparison_sentences(columns: Sequence[Column], rows: Sequence[Row]) -> list[str]:
    """How often each checkpoint is better than the first, and worse."""
    sentences = [f"{column.name}: {column.card.sentence}" for column in columns]
    for place, column in enumerate(columns[1:]):
        both = [d for row in rows if (d := row.differences[place]) is not None]
        judged = [row.is_better(place) for row in rows if row.counts(place)]
        sentences.append(
            f"{column.name} is better than {columns[0].name} in {judged.count(True)} of {len(both)} metrics that "
            f"both have, worse in {judged.count(False)}, counting those in which one of them passes its control; "
            f"{sum(d.is_paired for d in both)} of the differences are paired by episode."
        )
    return sentences


def write_comparison_page(columns: Sequence[Column], rows: Sequence[Row], file: Path) -> None:
    """Write one HTML file that needs nothing else.

    Args:
        columns: the checkpoints.
        rows: of `lapa.evaluation.scorecard.comparison.compare`.
        file: to write; folders above it are made.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    by_analysis = {row.analysis: [r for r in rows if r.analysis == row.analysis] for row in rows}
    write_page(
        file,
        title="Checkpoints side by side",
        subtitle=" · ".join(column.name for column in columns),
        in_short=comparison_sentences(columns, rows),
        sections=[
            plain_section("How to read this", Note(text=LEGEND)),
            *(_section(columns, name, own) for name, own in by_analysis.items()),
            plain_section("Checkpoints", *listed([_about(column) for column in columns])),
        ],
    )


def _section(columns: Sequence[Column], analysis: str, rows: Sequence[Row]) -> PageSection:
    title = analysis[:1].upper() + analysis[1:]
    controls = dict.fromkeys(
        f"{line.metric.name}: {line.control_is}"
        for row in rows
        for line in row.lines
        if line is not None
    )
    table = Rows(table=comparison_table(columns, rows))
    return plain_section(title, table, Note(text="Controls: " + "; ".join(controls) + "."))


def _about(column: Column) -> str:
    card = column.card
    return f"{column.name}: weights {card.checkpoint[:12]} of step {card.step}, measured on episodes {card.episodes[:12]}"


def _value(line: Line | None) -> str:
    return ABSENT if line is None else f"{MARKS[line.verdict]} {two_lines(line.metric)}"


def _difference(row: Row, place: int) -> str:
    difference = row.differences[place]
    if difference is None:
        return ABSENT
    verdict = {True: "▲", False: "▼", None: "="}[row.is_better(place)]
    if not row.counts(place):
        verdict = f"({verdict})"
    if difference.metric.low is None:
        verdict = "no interval"
    elif not difference.is_paired:
        verdict += " unpaired"
    return f"{verdict} {two_lines(difference.metric)}"
