"""How the kernel shares processors out to this process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept_scheduling() -> Iterator[None]:
    """Undo what a library does to the calling thread.

    SVT-AV1's encoder makes it a real-time thread where it may (root). Whatever the thread starts
    later is one too, and ordinary processes on the same machine then wait for minutes.
    """
    before, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        yield
    finally:
        os.sched_setscheduler(0, before, parameters)


def is_real_time() -> bool:
    """Whether what this thread starts goes before every ordinary process of the machine."""
    return os.sched_getscheduler(0) in {os.SCHED_FIFO, os.SCHED_RR}
