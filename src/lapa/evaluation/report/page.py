"""A page: sections of blocks, rendered to one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import lapa
from lapa.evaluation.blocks import Block
from lapa.evaluation.report.embed import data_address

TEMPLATE = "page.html.j2"
SHORT = 10
"""Sentences of the answer that are read at once; the others are folded below them."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Blocks with the folder in which their files lie."""

    blocks: Sequence[Block]
    folder: Path = Path()

    def address(self, file: str) -> str:
        """A file of the folder as a ``data:`` URL."""
        return data_address(self.folder / file)


@dataclass(frozen=True, kw_only=True)
class PageSection:
    """A heading with what belongs to it; sections without blocks are left out of the page."""

    title: str
    parts: Sequence[Part] = ()
    leads: Sequence[str] = ()
    """What to know before reading on."""

    @property
    def anchor(self) -> str:
        """Name that the list of contents links to."""
        return "".join(c if c.isalnum() else "-" for c in self.title.lower())

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not any(part.blocks for part in self.parts)


def plain_section(title: str, *blocks: Block) -> PageSection:
    """A section of blocks that need no files."""
    return PageSection(title=title, parts=(Part(blocks=blocks),))


def write_page(
    file: Path,
    *,
    title: str,
    subtitle: str,
    in_short: Sequence[str],
    sections: Sequence[PageSection],
) -> None:
    """Write the page: title, the answer in a few sentences, contents, sections.

    Args:
        file: HTML file to write.
        title: of the page.
        subtitle: which run it is, in one line.
        in_short: the answer; sentences after the first `SHORT` are folded.
        sections: in order; empty ones are left out, heading and all.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    page = environment.get_template(TEMPLATE).render(
        title=title,
        subtitle=subtitle,
        in_short=in_short[:SHORT],
        more=in_short[SHORT:],
        sections=[section for section in sections if not section.is_empty],
        version=lapa.__version__,
    )
    file.write_text(page)
