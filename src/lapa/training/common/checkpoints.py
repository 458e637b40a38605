"""Resume files that are either complete or not there: temporary name, fsync, rename."""

from __future__ import annotations

import os
import pickle
import warnings
from pathlib import Path
from typing import Any

import torch

from lapa.folders.full_disk import DiskFullError, told_when_full

_PARTIAL = ".partial"


def step_file(folder: Path, step: int) -> Path:
    """Name of the resume file after ``step`` optimiser steps; names sort by step."""
    return folder / f"step-{step:08d}.ckpt"


def save_atomically(state: dict[str, Any], path: Path) -> None:
    """Write ``state`` so that ``path`` never holds half of it, whenever the process dies.

    The temporary file lies in the same folder, because a rename is atomic on one device only.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + _PARTIAL)
    try:
        with told_when_full(path), partial.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
    except DiskFullError:
        partial.unlink()
        raise
    partial.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def prune(folder: Path, *, keep: int) -> None:
    """Delete all but the newest ``keep`` resume files, and what killed writers left behind."""
    for old in sorted(folder.glob("step-*.ckpt"))[:-keep]:
        old.unlink()
    for orphan in folder.glob(f"step-*{_PARTIAL}"):
        orphan.unlink()


def newest_readable(folder: Path) -> Path | None:
    """Return the newest resume file that loads; None when there is none.

    An unreadable file (a disk error, a copy cut short) costs the steps since the file before
    it and a warning, not the training.
    """
    for path in sorted(folder.glob("step-*.ckpt"), reverse=True):
        if readable(path) is not None:
            return path
    return None


def readable(path: Path) -> dict[str, Any] | None:
    """What `save_atomically` wrote, on the CPU; None, with a warning, if it does not load."""
    try:
        state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, OSError, ValueError, pickle.UnpicklingError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        warnings.warn(
            f"file {path} is unreadable ({reason}); going on with what was saved before it",
            stacklevel=2,
        )
        return None
    return state
