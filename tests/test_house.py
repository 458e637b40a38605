"""What holds for the whole house: files stay small, names say what is in them, the docs name files that exist."""

from __future__ import annotations

import re
import statistics
from pathlib import Path

import pytest

from toys.paths import ROOT, TESTS

SOURCES = sorted((ROOT / "src/lapa").rglob("*.py"))
LARGEST, MEDIAN = 250, 80
NO_NAMES = {"util", "utils", "helper", "helpers", "misc", "common_utils"}


def num_lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_no_file_is_long() -> None:
    long = {str(p.relative_to(ROOT)): num_lines(p) for p in SOURCES if num_lines(p) > LARGEST}
    assert not long, f"over {LARGEST} lines: split by what the parts are about"


def test_files_are_short_on_the_whole() -> None:
    sizes = [num_lines(path) for path in SOURCES if path.name != "__init__.py"]
    assert statistics.median(sizes) <= MEDIAN


def test_modules_are_named_by_their_content() -> None:
    assert not [p for p in SOURCES if {p.stem, p.parent.name} & NO_NAMES]


def test_every_test_lies_in_the_room_it_is_about() -> None:
    """A folder of tests is a folder of the package, or one of those that test the whole."""
    ours = {"system", "toys", "external"}
    rooms = {path.parent.relative_to(TESTS) for path in TESTS.rglob("test_*.py")}
    strays = [
        str(room)
        for room in rooms
        if not (ROOT / "src/lapa" / room).is_dir() and room.parts[0] not in ours
    ]
    assert not strays


@pytest.mark.parametrize("page", sorted((ROOT / "docs").rglob("*.md")), ids=lambda p: p.stem)
def test_tests_that_a_page_names_exist(page: Path) -> None:
    named = set(re.findall(r"`(?:tests/)?([\w/]*test_\w+\.py)`", page.read_text()))
    assert not [name for name in named if not (TESTS / name).is_file()]
