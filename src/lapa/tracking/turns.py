"""Processes of one command that log into the same MLflow runs write one after the other.

MLflow looks whether a parameter, tag or dataset is there and then adds it: two that look at the same time both add,
and one of them fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from lapa.folders.lock import one_at_a_time


class _Turns:
    folder: TemporaryDirectory[str] | None = None
    """Who holds it writes; None where there is one process."""


def begin_turns() -> None:
    """From now on this process, and those that are forked from it, write in turns."""
    _Turns.folder = TemporaryDirectory(prefix="lapa-turns-")


def end_turns() -> None:
    """The others are gone; calling again changes nothing."""
    if _Turns.folder is not None:
        _Turns.folder.cleanup()
        _Turns.folder = None


@contextmanager
def my_turn() -> Iterator[None]:
    """Wait for the others and hold them off; nothing where there are none. A process that dies holds off nobody."""
    if _Turns.folder is None:
        yield
        return
    with one_at_a_time(Path(_Turns.folder.name)):
        yield
