"""Which dimensions of an action stand still, so that nothing is ever divided by their noise.

A joint at rest still trembles by a fraction of a degree, and its recordings differ by more than that
from episode to episode: an error divided by the range of a few episodes is then a huge number that says
nothing. So a dimension is judged beside those of the same unit (of all dimensions of unknown unit,
where nobody knows).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

CONSTANT = 1e-4
"""A range below this share of the largest value is float noise or a drifting zero."""
NEXT_TO_NOTHING = 0.01
"""A range below this share of its neighbours' stands still wherever it is."""
AT_REST = 0.1
"""A range below this share both of its neighbours' and of its own value: a joint that is held."""

Values = NDArray[np.float64]


def reference_range(ranges: Values, largest: Values, units: Sequence[str]) -> Values:
    """Return what each dimension is judged by: the upper quartile of the ranges of its unit.

    Constant dimensions do not count, else a robot of which most stands still would have no measure.

    Args:
        ranges: ``(dimension,)``, how far each one moves.
        largest: ``(dimension,)``, largest absolute value of each.
        units: one per dimension, empty for unknown.
    """
    reference = np.zeros_like(ranges)
    moves = ranges > CONSTANT * largest
    for unit in set(units):
        members = np.array([other == unit for other in units])
        if (members & moves).any():
            reference[members] = np.quantile(ranges[members & moves], 0.75)
    return reference


def stands_still(ranges: Values, largest: Values, reference: Values) -> NDArray[np.bool_]:
    """Tell which dimensions stand still, ``bool (dimension,)``; arguments as in `reference_range`."""
    constant = ranges <= CONSTANT * largest
    tiny = ranges < NEXT_TO_NOTHING * reference
    at_rest = (ranges < AT_REST * reference) & (ranges < AT_REST * largest)
    return np.asarray(constant | tiny | at_rest)
