"""The documentation site: built without a warning, whole, and fetching nothing from other hosts."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from toys.paths import ROOT

pytest.importorskip("mkdocs", reason="pip install 'lapa[docs]'")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "built"
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return folder


def test_every_page_of_docs_is_on_it(site: Path) -> None:
    pages = [p.relative_to(ROOT / "docs") for p in (ROOT / "docs").rglob("*.md")]
    built = {p.relative_to(site) for p in site.rglob("*.html")}
    names = {page.with_name("index.md") if page.name == "README.md" else page for page in pages}
    assert {name.with_suffix(".html") for name in names} <= built


def test_pages_from_outside_docs_are_on_it_and_linked(site: Path) -> None:
    assert "presets" in (site / "elsewhere/configuration.html").read_text()
    assert 'href="elsewhere/configuration.html"' in (site / "parameters.html").read_text()
    assert 'href="../data-presets.html"' in (site / "elsewhere/configuration.html").read_text()


def test_docstrings_become_pages(site: Path) -> None:
    page = (site / "api/models.html").read_text()
    assert 'id="lapa.models.policy.policy.Policy.predict"' in page


def test_nothing_is_fetched_from_other_hosts(site: Path) -> None:
    fetched = re.compile(
        r"""<(?:script|img|iframe)[^>]*src="https?:|<link[^>]*stylesheet[^>]*href="https?:"""
    )
    assert [str(page) for page in site.rglob("*.html") if fetched.search(page.read_text())] == []
    styles = [
        style
        for style in site.rglob("*.css")
        if re.search(r"(url\(|@import ).{0,2}https?:", style.read_text())
    ]
    assert styles == []


def test_commands_are_shown_and_marks_are_not(site: Path) -> None:
    page = (site / "tutorial.html").read_text()
    assert "kedro" in page
    assert "&lt;!-- runs" not in page


def test_no_page_names_the_machine_it_was_made_on() -> None:
    pages = [
        *(ROOT / "docs").rglob("*.md"),
        ROOT / "README.md",
        *(ROOT / "notebooks").glob("*.ipynb"),
    ]
    assert [
        str(page) for page in pages if re.search(r"/(?:home|root|Users)/\w", page.read_text())
    ] == []
