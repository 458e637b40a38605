"""Resume files are complete or invisible, few, and never fatal."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest
import torch

from lapa.training.common.checkpoints import newest_readable, prune, save_atomically, step_file


def save(folder: Path, *steps: int) -> None:
    for step in steps:
        save_atomically({"global_step": step, "w": torch.ones(1000)}, step_file(folder, step))


def test_the_newest_file_is_found(tmp_path: Path) -> None:
    assert newest_readable(tmp_path) is None
    save(tmp_path, 5, 100, 20)
    assert newest_readable(tmp_path) == step_file(tmp_path, 100)


@pytest.mark.parametrize("damage", ["truncated", "empty", "text"])
def test_an_unreadable_file_is_skipped_with_a_warning(tmp_path: Path, damage: str) -> None:
    save(tmp_path, 1, 2)
    newest = step_file(tmp_path, 2)
    whole = newest.read_bytes()
    newest.write_bytes({"truncated": whole[:1000], "empty": b"", "text": b"<html>"}[damage])
    with pytest.warns(UserWarning, match="step-00000002.ckpt is unreadable"):
        assert newest_readable(tmp_path) == step_file(tmp_path, 1)


class Unwanted:
    """An object that only a full unpickler would build."""


def test_foreign_objects_are_refused(tmp_path: Path) -> None:
    save(tmp_path, 1)
    torch.save({"global_step": 2, "x": Unwanted()}, step_file(tmp_path, 2))
    with pytest.warns(UserWarning, match="unreadable"):
        assert newest_readable(tmp_path) == step_file(tmp_path, 1)


def test_the_last_few_are_kept_and_orphans_go(tmp_path: Path) -> None:
    save(tmp_path, 1, 2, 3, 4, 5)
    orphan = tmp_path / "step-00000006.ckpt.partial"
    orphan.write_bytes(b"half")
    assert newest_readable(tmp_path) == step_file(tmp_path, 5)
    prune(tmp_path, keep=3)
    assert sorted(tmp_path.iterdir()) == [step_file(tmp_path, s) for s in (3, 4, 5)]


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path, 1)

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full_disk)
    with pytest.raises(OSError, match="No space left"):
        save_atomically({"global_step": 1}, step_file(tmp_path, 1))
    monkeypatch.undo()
    assert newest_readable(tmp_path) == step_file(tmp_path, 1)


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
