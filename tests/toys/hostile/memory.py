"""How much more memory a call takes at its peak, as Linux counts it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")

STATUS = Path("/proc/self/status")
RESET = Path("/proc/self/clear_refs")


def peak_megabytes(call: Callable[[], Result]) -> tuple[Result, float]:
    """Return what ``call`` returns and the megabytes of its peak above what was there before."""
    RESET.write_text("5")  # the peak of this process begins here
    before = _megabytes("VmRSS")
    result = call()
    return result, max(_megabytes("VmHWM") - before, 0.0)


def _megabytes(field: str) -> float:
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith(f"{field}:"))
    return int(line.split()[1]) * 1024 / 1e6
