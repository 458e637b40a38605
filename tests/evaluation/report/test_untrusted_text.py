"""What others wrote (instructions, names of datasets) is text on a page, never a part of it."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from lapa.evaluation.blocks import Code, Folded, Heading, Listed, Note, Rows, Table
from lapa.evaluation.report.page import PageSection, Part, write_page

ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror="alert(1)">',
    "</title></style></pre></table><iframe src='//evil.example'></iframe>",
    "{{ 7 * 7 }}{% include '/etc/passwd' %}",
    "<a href='javascript:alert(1)'>red</a>",
)


class Elements(HTMLParser):
    """Collects elements, what they do, and the text between them, as a browser would."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.handlers: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag and the attributes that run something."""
        self.tags.append(tag)
        self.handlers += [
            f"{name}={value}"
            for name, value in attrs
            if name.startswith("on") or (value or "").startswith("javascript:")
        ]

    def handle_data(self, data: str) -> None:
        """Note a text."""
        self.text += data


def page(folder: Path, text: str) -> Elements:
    blocks = (
        Heading(text=text),
        Note(text=text),
        Listed(sentences=(text,)),
        Code(text=text),
        Rows(table=Table(head=(text,), rows=((text,),))),
        Folded(title=text, blocks=(Note(text=text),)),
    )
    section = PageSection(title=text, parts=(Part(blocks=blocks),), leads=(text,))
    file = folder / "report.html"
    write_page(file, title=text, subtitle=text, in_short=(text,), sections=[section])
    elements = Elements()
    elements.feed(file.read_text())
    return elements


@pytest.mark.parametrize("attack", ATTACKS)
def test_every_block_shows_it_as_text(attack: str, tmp_path: Path) -> None:
    harmless, attacked = page(tmp_path, "lift the cube"), page(tmp_path, attack)
    assert attacked.tags == harmless.tags
    assert attacked.handlers == harmless.handlers
    assert attacked.text.count(attack) == harmless.text.count("lift the cube") >= 10
