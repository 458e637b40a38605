"""What a page is built from: notes, tables, plots, videos; plain records, so that a report keeps them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

from pydantic import Field

from lapa.records import Record


class Table(Record):
    """Rows of text under column headings."""

    head: tuple[str, ...]
    """Empty for a table without column headings."""
    rows: tuple[tuple[str, ...], ...]


class Heading(Record):
    """A small heading inside a section, such as the name of an arm."""

    kind: Literal["heading"] = "heading"
    text: str


class Note(Record):
    """A sentence or two in small print."""

    kind: Literal["note"] = "note"
    text: str


class Listed(Record):
    """A list of sentences."""

    kind: Literal["listed"] = "listed"
    sentences: tuple[str, ...]


class Code(Record):
    """Text as it is, in a fixed-width font."""

    kind: Literal["code"] = "code"
    text: str


class Rows(Record):
    """A table."""

    kind: Literal["rows"] = "rows"
    table: Table


class Plot(Record):
    """A plot with a caption in plain words."""

    kind: Literal["plot"] = "plot"
    file: str
    """PNG, relative to the folder of the report that holds it."""
    caption: str


class Video(Record):
    """A small video with a caption."""

    file: str
    """MP4, relative to the folder of the report that holds it."""
    caption: str


class Videos(Record):
    """Small videos side by side; a click stops or starts one."""

    kind: Literal["videos"] = "videos"
    videos: tuple[Video, ...]


class Folded(Record):
    """Blocks that open on a click."""

    kind: Literal["folded"] = "folded"
    title: str
    blocks: tuple[Block, ...]


Block = Annotated[
    Heading | Note | Listed | Code | Rows | Plot | Videos | Folded, Field(discriminator="kind")
]
Folded.model_rebuild()


def rows(table: Table) -> tuple[Block, ...]:
    """A table as blocks: none if it has no rows."""
    return (Rows(table=table),) if table.rows else ()


def listed(sentences: Sequence[str]) -> tuple[Block, ...]:
    """A list of sentences as blocks: none if there are none."""
    return (Listed(sentences=tuple(sentences)),) if sentences else ()


def folded(title: str, blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Blocks behind a click: none if there are none."""
    return (Folded(title=title, blocks=tuple(blocks)),) if blocks else ()


def opened(blocks: Iterable[Block]) -> list[Block]:
    """All blocks in order, those inside folded ones too."""
    every: list[Block] = []
    for block in blocks:
        every.append(block)
        if isinstance(block, Folded):
            every += opened(block.blocks)
    return every
