"""How a trial ended, told by what moved: objects are named nowhere in MetaWorld, but observed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lapa.envs.base import SUCCESS

UNTOUCHED, MOVED = "moved nothing", "moved it, but not as asked"
FARTHEST_UNTOUCHED = 0.01
"""Metres that an object may settle without having been touched."""
_POSITIONS = (slice(4, 7), slice(11, 14))
"""Where the observation has the positions of up to two objects."""


def ending(first: NDArray[np.float64], last: NDArray[np.float64], *, success: bool) -> str:
    """Say how a trial ended.

    Args:
        first: observation at its start, ``float64 (39,)``.
        last: observation now.
        success: whether the task is done.
    """
    if success:
        return SUCCESS
    moved = [float(np.linalg.norm(last[place] - first[place])) for place in _POSITIONS]
    return MOVED if max(moved) > FARTHEST_UNTOUCHED else UNTOUCHED
