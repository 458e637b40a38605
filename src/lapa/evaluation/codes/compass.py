"""Direction compass: the mean true motion that goes with each code at each position."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MIN_SAMPLES = 10
"""Codes seen less often have no direction worth drawing."""


@dataclass(frozen=True, kw_only=True)
class Direction:
    """Mean motion of one code at one position."""

    position: int
    code: int
    x: float
    y: float
    radius: float
    """95 % confidence radius of the mean (normal approximation), in the action's unit."""
    count: int


def directions(codes: NDArray[np.int64], motion: NDArray[np.floating]) -> list[Direction]:
    """Mean of ``motion (sample, 2)`` for every code of ``codes (sample, code)``."""
    measured = []
    for position in range(codes.shape[1]):
        for code in np.unique(codes[:, position]).tolist():
            chosen = motion[codes[:, position] == code].astype(np.float64)
            if len(chosen) < MIN_SAMPLES:
                continue
            x, y = chosen.mean(axis=0)
            spread = np.sqrt(chosen.var(axis=0, ddof=1).mean() / len(chosen))
            measured.append(
                Direction(
                    position=position,
                    code=code,
                    x=float(x),
                    y=float(y),
                    radius=float(1.96 * spread),
                    count=len(chosen),
                )
            )
    return measured
