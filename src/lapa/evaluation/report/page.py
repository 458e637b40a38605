"""A page: sections of blocks, rendered to one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import lapa
from lapa.evaluation.report.embed import data_address
from lapa.evaluation.report.tables import Table

TEMPLATE = "page.html.j2"


@dataclass(frozen=True, kw_only=True)
class Note:
    """A sentence or two in small print."""

    kind: ClassVar[str] = "note"
    text: str


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A list of sentences."""

    kind: ClassVar[str] = "listed"
    sentences: Sequence[str]


@dataclass(frozen=True, kw_only=True)
class Code:
    """Text as it is, in a fixed-width font."""

    kind: ClassVar[str] = "code"
    text: str


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A table."""

    kind: ClassVar[str] = "rows"
    table: Table


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture with a caption in plain words."""

    kind: ClassVar[str] = "picture"
    file: Path
    caption: str

    @property
    def address(self) -> str:
        """The picture itself as a ``data:`` URL."""
        return data_address(self.file)


@dataclass(frozen=True, kw_only=True)
class Videos:
    """Small videos side by side; a click stops or starts one."""

    kind: ClassVar[str] = "videos"
    videos: Sequence[Picture]


@dataclass(frozen=True, kw_only=True)
class Folded:
    """Blocks that open on a click."""

    kind: ClassVar[str] = "folded"
    title: str
    blocks: Sequence[Block]


Block = Note | Listed | Code | Rows | Picture | Videos | Folded


@dataclass(frozen=True, kw_only=True)
class Section:
    """A heading with what belongs to it; sections without blocks are left out of the page."""

    title: str
    blocks: Sequence[Block] = field(default_factory=tuple)

    @property
    def anchor(self) -> str:
        """Name that the list of contents links to."""
        return "".join(c if c.isalnum() else "-" for c in self.title.lower())


def write_page(
    file: Path, *, title: str, subtitle: str, in_short: Sequence[str], sections: Sequence[Section]
) -> None:
    """Write the page: title, the answer in a few sentences, contents, sections.

    Args:
        file: HTML file to write.
        title: of the page.
        subtitle: which run it is, in one line.
        in_short: the answer.
        sections: in order; empty ones are left out, heading and all.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    page = environment.get_template(TEMPLATE).render(
        title=title,
        subtitle=subtitle,
        in_short=in_short,
        sections=[section for section in sections if section.blocks],
        version=lapa.__version__,
    )
    file.write_text(page)


def rows(table: Table) -> list[Block]:
    """A table as blocks: none if it has no rows."""
    return [Rows(table=table)] if table.rows else []


def folded(title: str, blocks: Sequence[Block]) -> list[Block]:
    """Blocks behind a click: none if there are none."""
    return [Folded(title=title, blocks=blocks)] if blocks else []
