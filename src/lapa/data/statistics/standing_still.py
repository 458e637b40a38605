"""Which dimensions of an action stand still, so that nothing is ever divided by their noise.

A joint at rest still trembles by a fraction of a degree, and its recordings differ by more than that
from episode to episode: an error divided by the range of a few episodes is then a huge number that says
nothing. So a dimension is judged beside those of the same unit (of all dimensions of unknown unit,
where nobody knows).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CONSTANT = 1e-4
"""A range below this share of the largest value is float noise or a drifting zero."""
NEXT_TO_NOTHING = 0.01
"""A range below this share of its neighbours' stands still wherever it is."""
AT_REST = 0.1
"""A range below this share both of its neighbours' and of its own value: a joint that is held."""

HELD = 0.25
"""A range below this share of its own value: a joint that is held, and may be held elsewhere next time."""
LEAST = 0.5
"""An error of a held dimension counts in units of at least this share of its neighbours' range."""

Values = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Movement:
    """How far the dimensions of an action move; one entry per dimension."""

    still: NDArray[np.bool_]
    """It stands still."""
    least_span: Values
    """Bins of a dimension that stands still are at least this wide together; 0 for the others."""
    least_scale: Values
    """Errors are divided by at least this; 0 where the dimension's own range is measure enough."""


def movement(ranges: Values, largest: Values, units: Sequence[str]) -> Movement:
    """Judge how far each dimension moves.

    Args:
        ranges: ``(dimension,)``, how far each one moves.
        largest: ``(dimension,)``, largest absolute value of each.
        units: one per dimension, empty for unknown.
    """
    reference = _neighbors(ranges, largest, units)
    constant = ranges <= CONSTANT * largest
    tiny = ranges < NEXT_TO_NOTHING * reference
    at_rest = (ranges < AT_REST * reference) & (ranges < AT_REST * largest)
    still = constant | tiny | at_rest
    return Movement(
        still=still,
        least_span=np.where(still, AT_REST * reference, 0.0),
        least_scale=np.where(still | (ranges < HELD * largest), LEAST * reference / 2, 0.0),
    )


def _neighbors(ranges: Values, largest: Values, units: Sequence[str]) -> Values:
    """Upper quartile of the ranges that share a dimension's unit.

    Constant dimensions do not count, else a robot of which most stands still would have no measure.
    """
    reference = np.zeros_like(ranges)
    moves = ranges > CONSTANT * largest
    for unit in set(units):
        members = np.array([other == unit for other in units])
        if (members & moves).any():
            reference[members] = np.quantile(ranges[members & moves], 0.75)
    return reference
