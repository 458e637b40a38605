"""How many observations go through a policy at once, so that none changes another's answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Row = TypeVar("Row")

ROWS = 4
"""Forward passes have a multiple of so many rows, filled up with copies. On a CPU the one to three rows that are
left over take other kernels than the rest and round differently (by 1e-6 of an action): an answer would depend
on how many others are in its batch. In whole fours each row's bits are the same whatever the batch
(`docs/evaluation.md` has the measurement)."""


def filled_up(rows: Sequence[Row]) -> list[Row]:
    """``rows`` and as many copies of the last one as make a multiple of `ROWS`; at least one row."""
    return [*rows, *[rows[-1]] * (-len(rows) % ROWS)]
