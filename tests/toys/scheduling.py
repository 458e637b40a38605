"""How the kernel shares processors out to this process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

KNOWN = hasattr(os, "sched_getscheduler")
"""Linux tells; macOS has no such call, and nothing to set back."""


@contextmanager
def kept_scheduling() -> Iterator[None]:
    """Undo what a library does to the calling thread.

    SVT-AV1's encoder makes it a real-time thread where it may (root). Whatever the thread starts
    later is one too, and ordinary processes on the same machine then wait for minutes.
    """
    if not KNOWN:
        yield
        return
    before, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        os.sched_setscheduler(0, before, parameters)


def is_real_time() -> bool:
    """Whether what this thread starts goes before every ordinary process of the machine."""
    return KNOWN and os.sched_getscheduler(0) in {os.SCHED_FIFO, os.SCHED_RR}
