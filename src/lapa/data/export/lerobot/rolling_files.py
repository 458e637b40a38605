"""Numbered files of one kind: a new one begins when the last is full."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Generic, Protocol, TypeVar


class Closable(Protocol):
    """A file being written."""

    def close(self) -> None:
        """Finish it."""


File = TypeVar("File", bound=Closable)


class RollingFiles(Generic[File]):
    """Opens one file after the other; only the last is open."""

    def __init__(
        self,
        *,
        limit_mb: int,
        path_of: Callable[[int], Path],
        open_file: Callable[[Path], File],
    ) -> None:
        self._limit_mb, self._path_of, self._open_file = limit_mb, path_of, open_file
        self._file: File | None = None
        self.number = -1
        """Of the file that `current` has returned last."""

    def current(self) -> File:
        """Return the file to write to; what it holds by now decides whether it is a new one."""
        if self._file is not None and _megabytes(self._path_of(self.number)) >= self._limit_mb:
            self.close()
        if self._file is None:
            self.number += 1
            path = self._path_of(self.number)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._open_file(path)
        return self._file

    def close(self) -> None:
        """Finish the open file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _megabytes(path: Path) -> float:
    return path.stat().st_size / 2**20
