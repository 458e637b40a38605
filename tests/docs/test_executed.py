"""What the pages say runs, runs: blocks marked `<!-- runs -->`, and the notebooks, after one toy run.

A block is executed as it stands, in a copy of the project, where the run of the environment `test` is finished.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import nbformat
import pytest
from nbclient import NotebookClient

from toys.paths import ROOT
from toys.project import KEDRO, Project

MARKED = re.compile(r"^<!-- runs -->\n```(bash|python)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
RUN = "kedro run --env=test"
"""The block that the fixture executes, once for all others."""
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


class Block(NamedTuple):
    page: str
    language: str
    text: str

    @property
    def name(self) -> str:
        return f"{self.page}: {self.text.splitlines()[0][:60]}"


def marked_blocks() -> list[Block]:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [
        Block(str(page.relative_to(ROOT)), *groups)
        for page in pages
        for groups in MARKED.findall(page.read_text())
    ]


BLOCKS = marked_blocks()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("documented"))
    shutil.copytree(ROOT / "docs", project.folder / "docs")
    done = project.run()
    assert done.returncode == 0, done.stderr + done.stdout
    return project


def environment(project: Project) -> dict[str, str]:
    """Commands and interpreter of these tests come first, the copy's sources before all others."""
    return project.environment | {
        "KEDRO_ENV": "test",
        "PATH": f"{KEDRO.parent}:{project.environment['PATH']}",
        "PYTHONPATH": str(project.folder / "src"),
    }


def test_every_mark_stands_before_a_block() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    lines = [line for page in pages for line in page.read_text().splitlines()]
    assert lines.count("<!-- runs -->") == len(BLOCKS)
    assert any(block.text.strip() == RUN for block in BLOCKS)


@pytest.mark.parametrize(
    "block", [b for b in BLOCKS if b.text.strip() != RUN], ids=lambda b: b.name
)
def test_a_block_runs(project: Project, block: Block) -> None:
    shell = {
        "bash": ["bash", "-euo", "pipefail", "-c", block.text],
        "python": [sys.executable, "-c", block.text],
    }
    done = subprocess.run(
        shell[block.language],
        cwd=project.folder,
        env=environment(project),
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(project: Project, monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    for name, value in environment(project).items():
        monkeypatch.setenv(name, value)
    client = NotebookClient(
        nbformat.read(path, 4),
        timeout=280,
        startup_timeout=280,
        kernel_name="python3",
        resources={"metadata": {"path": str(project.folder)}},
    )
    client.execute()
    outputs = [cell.outputs for cell in client.nb.cells if cell.cell_type == "code"]
    assert any(outputs)


def test_notebooks_are_numbered_and_kept_without_outputs() -> None:
    assert [int(path.name[:2]) for path in NOTEBOOKS] == list(range(1, len(NOTEBOOKS) + 1))
    assert len(NOTEBOOKS) >= 4
    for path in NOTEBOOKS:
        cells = json.loads(path.read_text())["cells"]
        assert not any(cell.get("outputs") or cell.get("execution_count") for cell in cells)
