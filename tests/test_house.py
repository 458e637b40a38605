"""What holds for the whole house: files stay small, names say what is in them, the docs name files that exist."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

from toys.paths import ROOT, TESTS

SOURCES = sorted((ROOT / "src/lapa").rglob("*.py"))
LARGEST, MEDIAN = 250, 80
FOLDERS_OF_PAGES = ("docs", "conf", "slurm", "src")
PAGES = sorted(
    [*ROOT.glob("*.md"), *(p for f in FOLDERS_OF_PAGES for p in (ROOT / f).rglob("*.md"))]
)
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
    ours = {"docs", "external", "faults", "gpu", "slurm", "system", "toys"}
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


def prose(page: Path) -> str:
    """The page without its blocks of code, in which `#` starts no heading."""
    return re.sub(r"^```.*?^```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """Of the headings, as GitHub makes them: lower case, no punctuation, hyphens for blanks."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    texts = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in headings]
    return {re.sub(r"[^\w -]", "", text.strip().lower()).replace(" ", "-") for text in texts}


def dead_links(page: Path) -> Iterator[str]:
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match("[a-z]+:", link):
            continue
        file, _, anchor = link.partition("#")
        target = page.parent / file if file else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            yield link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    assert list(dead_links(page)) == []


def test_every_pipeline_has_a_page() -> None:
    pipelines = (ROOT / "src/lapa/pipelines").glob("*/pipeline.py")
    assert [p.parent.name for p in pipelines if not (p.parent / "README.md").is_file()] == []
