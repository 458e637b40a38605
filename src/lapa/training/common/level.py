"""One level of checkpoints: a folder of training states that are complete or not there."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lapa.folders.whole_folder import is_whole

PARTIAL: Final = ".partial"
"""Ends the name of a file that is being written."""
_STEP: Final = re.compile(r"step-(\d{8})")
_ANY_STEP: Final = "[0-9]" * 8


@dataclass(frozen=True, kw_only=True)
class Level:
    """Where states of one kind lie, and how many stay."""

    name: str
    """How it is called in the log."""
    folder: Path
    entry: str = "step-{step}.ckpt"
    """Name of a state's file, or of the folder that holds it; names sort by step."""
    inside: str = ""
    """Where in its folder the state lies; empty where the entry is the state."""
    keep: int
    """Newest entries that stay."""

    def entry_of(self, step: int) -> Path:
        """Place of the entry after ``step`` optimiser steps."""
        return self.folder / self.entry.format(step=f"{step:08d}")

    def states(self) -> dict[int, Path]:
        """Step -> state, of the entries that are complete, oldest first.

        A file is complete by being there; a folder must hold what its list says, and a state.
        """
        states = {step_of(entry): entry / self.inside for entry in self._entries() if _whole(entry)}
        return {step: state for step, state in states.items() if state.exists()}

    def prune(self) -> None:
        """Delete all but the newest, and files that killed writers left behind."""
        for old in self._entries()[: -self.keep]:
            delete(old)
        for orphan in self.folder.glob(f"{self._pattern}{PARTIAL}"):
            orphan.unlink()

    def _entries(self) -> list[Path]:
        return sorted(self.folder.glob(self._pattern))

    @property
    def _pattern(self) -> str:
        return self.entry.format(step=_ANY_STEP)


def step_of(path: Path) -> int:
    """Optimiser steps behind an entry, from its name."""
    match = _STEP.search(path.name)
    if match is None:
        raise ValueError(f"{path} names no step; expected a name like step-00000200.ckpt")
    return int(match[1])


def delete(path: Path) -> None:
    """A file or a folder."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _whole(entry: Path) -> bool:
    return entry.is_file() or is_whole(entry)
