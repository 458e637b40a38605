"""The scorecard on a page: one row a metric, beside its control, with the verdict."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from lapa.evaluation.blocks import Note, Table, rows
from lapa.evaluation.formatting import ABSENT, number
from lapa.evaluation.report.page import PageSection, plain_section
from lapa.evaluation.scorecard.card import Line, Scorecard
from lapa.evaluation.scorecard.storage import read_scorecard
from lapa.metrics.glossary import report_entry
from lapa.records import EvaluationReport, Metric

TITLE = "Scorecard"
HEAD = ("analysis", "metric", "value", "control", "the control is", "better", "verdict")
VERDICTS = {"passes": "✓ passes", "fails": "✗ fails", "unclear": "? unclear"}
SIDES = {"higher": "↑ higher", "lower": "↓ lower"}
RULE = (
    "A metric passes where its whole 95 % interval lies on the better side of its control (of the end of the "
    "control's interval that is nearer), fails where it lies on the other side, and is unclear in between or with "
    "fewer than 6 episodes."
)
DIGITS = 3


def scorecard_section(report: EvaluationReport) -> PageSection:
    """The card of a report about codes; empty where it has none."""
    card = read_scorecard(Path(report.path))
    if card is None or not card.lines:
        return plain_section(TITLE)
    blocks = (Note(text=card.sentence), *rows(scorecard_table(card)))
    return PageSection(title=TITLE, leads=(RULE,), parts=plain_section(TITLE, *blocks).parts)


def scorecard_table(card: Scorecard) -> Table:
    """One row a line; an analysis is named once."""
    lines, named = [], ""
    for line in card.lines:
        lines.append(("" if line.analysis == named else line.analysis, *_cells(line)))
        named = line.analysis
    return Table(head=HEAD, rows=tuple(lines))


def placed_before(
    sections: Sequence[PageSection], titles: Collection[str], card: PageSection
) -> list[PageSection]:
    """Put the card before the first section of these titles; at the end where there is none."""
    place = next((i for i, s in enumerate(sections) if s.title in titles), len(sections))
    return [*sections[:place], card, *sections[place:]]


def two_lines(metric: Metric) -> str:
    """The value, and below it the interval, which does not break."""
    return unbroken(metric, DIGITS).replace("\u00a0[", "\n[")


def unbroken(metric: Metric, digits: int) -> str:
    """The value and its interval on one line, wherever they stand."""
    return number(metric, digits).replace(", ", ",\u00a0").replace(" [", "\u00a0[")


def _cells(line: Line) -> tuple[str, ...]:
    entry = report_entry(line.metric.name)
    unit = f", {entry.unit}" if entry is not None and entry.unit else ""
    return (
        line.metric.name + unit,
        two_lines(line.metric),
        ABSENT if line.control is None else two_lines(line.control),
        line.control_is,
        SIDES[line.better],
        VERDICTS[line.verdict],
    )
