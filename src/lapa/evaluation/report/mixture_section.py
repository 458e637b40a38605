"""What was watched, and how often: the resolved mixture on a page."""

from __future__ import annotations

from lapa.data.mixing.table import COLUMNS, rows_of
from lapa.evaluation.blocks import Note, Rows, Table
from lapa.evaluation.report.page import PageSection, plain_section
from lapa.records import ShardSet


def mixture_section(mixture: ShardSet) -> list[PageSection]:
    """Shares of the sources; nothing where there is but one."""
    if len(mixture.members) < 2:
        return []
    said = (
        f"An epoch draws as many samples as there are, by these shares (weight x {mixture.balance}); no sample "
        "is drawn again before all others of its source have been."
    )
    head = tuple(column.replace("_", " ") for column in COLUMNS)
    table = Table(head=head, rows=tuple(rows_of(mixture)))
    return [plain_section("The mixture", Note(text=said), Rows(table=table))]
