"""A file is there as a whole, or as it was before."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lapa.folders.whole_file import write_whole


def test_the_text_is_there_and_nothing_beside_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "plan", "first")
    write_whole(tmp_path / "plan", "second")
    assert [path.name for path in tmp_path.iterdir()] == ["plan"]
    assert (tmp_path / "plan").read_text() == "second"


def test_a_disk_that_fails_leaves_the_old_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError("no space left on device")

    write_whole(tmp_path / "plan", "first")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_whole(tmp_path / "plan", "second")
    assert (tmp_path / "plan").read_text() == "first"
