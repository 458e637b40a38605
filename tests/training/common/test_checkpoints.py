"""Files of states are complete or invisible, and never fatal."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest
import torch

from lapa.training.common.checkpoints import save_atomically
from toys.states import newest_state, step_file


def save(work: Path, *steps: int) -> Path:
    for step in steps:
        content = {"global_step": step, "w": torch.ones(1000)}
        save_atomically(content, step_file(work / "resume", step))
    return work / "resume"


def test_the_newest_file_is_taken(tmp_path: Path) -> None:
    assert newest_state(tmp_path) is None
    folder = save(tmp_path, 5, 100, 20)
    assert newest_state(tmp_path) == step_file(folder, 100)


@pytest.mark.parametrize("damage", ["truncated", "empty", "text"])
def test_an_unreadable_file_is_skipped_with_a_warning(tmp_path: Path, damage: str) -> None:
    folder = save(tmp_path, 1, 2)
    newest = step_file(folder, 2)
    whole = newest.read_bytes()
    newest.write_bytes({"truncated": whole[:1000], "empty": b"", "text": b"<html>"}[damage])
    with pytest.warns(UserWarning, match="step-00000002.ckpt is unreadable"):
        assert newest_state(tmp_path) == step_file(folder, 1)


class Unwanted:
    """An object that only a full unpickler would build."""


def test_foreign_objects_are_refused(tmp_path: Path) -> None:
    folder = save(tmp_path, 1)
    torch.save({"global_step": 2, "x": Unwanted()}, step_file(folder, 2))
    with pytest.warns(UserWarning, match="unreadable"):
        assert newest_state(tmp_path) == step_file(folder, 1)


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = save(tmp_path, 1)

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full_disk)
    with pytest.raises(OSError, match="No space left"):
        save(tmp_path, 1)
    monkeypatch.undo()
    assert newest_state(tmp_path) == step_file(folder, 1)


def test_a_disk_that_takes_no_more_is_named_and_what_was_saved_stays(tmp_path: Path) -> None:
    path = tmp_path / "step-00000001.ckpt"
    save_atomically({"step": 1}, path)
    before = path.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, hard))
    try:
        with pytest.raises(
            OSError, match=r"step-00000001\.ckpt could not be written .* MB are free"
        ):
            save_atomically({"weights": torch.ones(100_000)}, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == before
