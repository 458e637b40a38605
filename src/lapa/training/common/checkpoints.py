"""Files of training states that are either complete or not there: temporary name, fsync, rename."""

from __future__ import annotations

import os
import pickle
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from lapa.folders.full_disk import DiskFullError, told_when_full
from lapa.folders.whole_folder import sync
from lapa.training.common.level import PARTIAL


def save_atomically(state: Mapping[str, Any], path: Path) -> None:
    """Write ``state`` so that ``path`` never holds half of it, whenever the process dies.

    The temporary file lies in the same folder, because a rename is atomic on one device only.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + PARTIAL)
    try:
        with told_when_full(path), partial.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
    except DiskFullError:
        partial.unlink()
        raise
    partial.replace(path)
    sync(path.parent)


def readable(path: Path) -> dict[str, Any] | None:
    """What `save_atomically` wrote, on the CPU; None, with a warning, if it does not load.

    An unreadable file (a disk error, a copy cut short) costs the steps since the file before
    it and a warning, not the training.
    """
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
