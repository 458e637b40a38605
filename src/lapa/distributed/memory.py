"""How much memory processes took: the operating system's own account of it."""

from __future__ import annotations

import resource
import sys
from typing import Final

_UNITS_PER_GIB: Final = 2**30 if sys.platform == "darwin" else 2**20
"""The account is in bytes on macOS and in kibibytes on Linux."""


def peak_memory_gib(*, of_children: bool = False) -> float:
    """Most memory that was in use at once so far, GiB.

    Args:
        of_children: that of the largest child process that has ended, instead of this process.
    """
    who = resource.RUSAGE_CHILDREN if of_children else resource.RUSAGE_SELF
    return resource.getrusage(who).ru_maxrss / _UNITS_PER_GIB
