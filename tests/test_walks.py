"""The walks of docs/architecture.md lead along files that exist, each once, and stay short."""

from __future__ import annotations

import re

import pytest

from toys.paths import ROOT

WALKS = {
    "A frame, from a recording to the loss of the quantizer": 20,
    "A code, from the quantizer to the loss of the vision-language model": 12,
    "An action, from an episode to the closed loop": 15,
    "A request, from a robot's computer to its actions": 10,
}


def stops(walk: str) -> list[str]:
    page = (ROOT / "docs/architecture.md").read_text()
    section = page.split(f"### {walk}\n")[1].split("\n### ")[0]
    return re.findall(r"^\d+\. `([\w/.]+)`", section, re.MULTILINE)


@pytest.mark.parametrize(("walk", "most"), WALKS.items())
def test_a_walk_names_files_that_exist_each_once(walk: str, most: int) -> None:
    files = stops(walk)
    assert 5 < len(files) <= most
    assert len(set(files)) == len(files)
    assert [file for file in files if not (ROOT / "src/lapa" / file).is_file()] == []
