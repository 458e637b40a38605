"""How long a run took, over all its pieces: a run that was stopped goes on where it was."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lapa.folders.whole_file import write_whole

FILE = "seconds"
"""In the scratch folder of the run, so of all studies that have the run."""


@contextmanager
def counted(scratch: Path) -> Iterator[None]:
    """Add what passes inside, also if it fails or is stopped, to the seconds of the run.

    Args:
        scratch: folder of the run, made if need be.
    """
    begun = time.perf_counter()
    try:
        yield
    finally:
        scratch.mkdir(parents=True, exist_ok=True)
        total = seconds_spent(scratch) + time.perf_counter() - begun
        write_whole(scratch / FILE, f"{total:.1f}\n")


def seconds_spent(scratch: Path) -> float:
    """Wall seconds of all pieces of a run; 0 of one that was never begun."""
    file = scratch / FILE
    return float(file.read_text()) if file.is_file() else 0.0
