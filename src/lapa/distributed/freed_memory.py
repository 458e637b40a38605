"""Keep the memory that tensors free, instead of asking the system for it again at every step."""

from __future__ import annotations

import ctypes

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Of ``mallopt`` (glibc's malloc.h)."""
_LARGEST = 32 * 2**20
"""Bytes up to which a freed block is kept: where glibc's own adjustment ends."""


def keep_freed_memory() -> bool:
    """Have glibc keep freed blocks of up to 32 MiB; return whether it does (False with other C libraries).

    Torch on a CPU frees every activation. glibc gives the top of its heap back to the system, which hands it out
    again filled with zeros, page by page: up to a tenth of a training step. Results stay the same to the bit; the
    process holds its peak between steps.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    never = -1  # as a size: all there is
    return bool(mallopt(_MMAP_THRESHOLD, _LARGEST) and mallopt(_TRIM_THRESHOLD, never))
