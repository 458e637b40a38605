"""A folder that is there as a whole, on disk, or not at all: written beside, listed last, renamed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from lapa.folders.full_disk import DiskFullError, told_when_full
from lapa.folders.whole_file import write_whole

COMPLETE: Final = "complete.json"
"""Lists the other files of a folder with their bytes; written last."""


def draft_of(folder: Path) -> Path:
    """Where ``folder`` is written before it is whole; in the same place, for renaming it is atomic there."""
    return folder.with_name(f".{folder.name}.partial")


def begin_draft(folder: Path) -> Path:
    """Make the draft anew: what a killed writer left of it goes."""
    draft = draft_of(folder)
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    return draft


def finish_draft(folder: Path) -> None:
    """Wait for the disk, list what lies in the draft, and let it be ``folder``.

    Raises:
        DiskFullError: the list did not fit.
    """
    draft = draft_of(folder)
    with undone_when_full(folder), told_when_full(draft / COMPLETE):
        for path in (*_files(draft), *_folders(draft)):
            sync(path)
        listed = {str(path.relative_to(draft)): path.stat().st_size for path in _files(draft)}
        write_whole(draft / COMPLETE, json.dumps({"bytes": listed}, indent=2) + "\n")
        sync(draft)
    if folder.exists():  # nobody could read it, or it would not have been written again
        shutil.rmtree(folder)
    draft.replace(folder)
    sync(folder.parent)


@contextmanager
def undone_when_full(folder: Path) -> Iterator[None]:
    """Delete the draft of ``folder`` where the disk is full, so that what follows has its space."""
    try:
        yield
    except DiskFullError:
        shutil.rmtree(draft_of(folder), ignore_errors=True)
        raise


def is_whole(folder: Path) -> bool:
    """Whether every listed file is there in its size; a copy that was cut short is not."""
    try:
        listed = json.loads((folder / COMPLETE).read_text())["bytes"]
        return all((folder / name).stat().st_size == size for name, size in listed.items())
    except (OSError, ValueError, KeyError):
        return False


def sync(path: Path) -> None:
    """Make what a file holds, or which names a folder holds, survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _folders(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_dir())
