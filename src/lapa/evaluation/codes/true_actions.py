"""What was really done between t and t+H: which dimensions, in which unit, summed or subtracted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.data.statistics.standing_still import movement
from lapa.records import ActionMeaning

UNKNOWN_UNIT = "unit unknown"
LENGTHS = ("m", "mm", "cm", "px", "pixel", "pixels")
"""Units of positions, in which a plane is easiest to picture."""
DISCRETE_VALUES = 16
"""A dimension with at most this many distinct values is a switch, not a direction."""

WORDS: dict[ActionMeaning | None, str] = {
    "relative": "summed over H",
    "absolute": "difference between t and t+H",
    None: "summed over H; not known to be relative",
}


@dataclass(frozen=True, kw_only=True)
class TrueActions:
    """The motion of every pair, by action dimension."""

    values: NDArray[np.float32]
    """``(sample, action_dim)``: relative dimensions summed over H, absolute ones a(t+H) - a(t)."""
    names: tuple[str, ...]
    units: tuple[str, ...] = ()
    """One per dimension, or empty where the source does not tell."""
    actions_are: tuple[ActionMeaning, ...] = ()
    """One per dimension, or empty where the source does not tell."""

    def unit(self, dimension: int) -> str:
        """Unit of a dimension; empty where it is unknown."""
        return self.units[dimension] if dimension < len(self.units) else ""

    def target(self, dimension: int) -> str:
        """What the number is, in words on two lines: ``dx [m]``, ``summed over H``."""
        unit = self.unit(dimension) or UNKNOWN_UNIT
        return f"{self.names[dimension]} [{unit}]\n{self.meaning(dimension)}"

    def meaning(self, dimension: int) -> str:
        """How the number was made: summed, subtracted, or summed for want of knowledge."""
        known = self.actions_are[dimension] if dimension < len(self.actions_are) else None
        return WORDS[known]

    def still(self) -> tuple[int, ...]:
        """Dimensions that (nearly) never change on these pairs (`lapa.data.statistics.standing_still`)."""
        largest = np.abs(self.values.astype(np.float64)).max(axis=0)
        moves = movement(spreads(self.values), largest, self.unit_names)
        return tuple(np.flatnonzero(moves.still).tolist())

    def most_moving(self) -> tuple[int, int] | None:
        """The two dimensions that move most, ascending, for plots of the plane.

        Motion is the range from the 5th to the 95th percentile, and it compares only inside one
        unit: lengths are preferred, then the unit (or unknown unit) with most moving dimensions.
        Only where no unit has two do dimensions of different units make the plane. Switches such
        as a gripper come last. None if there are not two dimensions that move.
        """
        spread = spreads(self.values)
        moving = [i for i in np.argsort(-spread, kind="stable") if i not in self.still()]
        if len(moving) < 2:
            return None
        smooth = [i for i in moving if len(np.unique(self.values[:, i])) > DISCRETE_VALUES]
        first, second = sorted(_best_plane(smooth if len(smooth) > 1 else moving, self.unit_names))
        return int(first), int(second)

    @property
    def unit_names(self) -> tuple[str, ...]:
        """The unit of every dimension, empty text where it is unknown."""
        return tuple(self.unit(i) for i in range(len(self.names)))


def spreads(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Range of every column of ``(sample, dimension)`` from the 5th to the 95th percentile.

    A column that is constant between them (a switch that is seldom used) keeps its whole range.
    """
    low, high = np.quantile(values.astype(np.float64), (0.05, 0.95), axis=0)
    whole = np.ptp(values.astype(np.float64), axis=0)
    return np.asarray(np.where(high > low, high - low, whole))


def _best_plane(moving: Sequence[int], units: Sequence[str]) -> Sequence[int]:
    """The two widest of the best unit; ``moving`` is sorted, widest first."""
    by_unit: dict[str, list[int]] = defaultdict(list)
    for dimension in moving:
        by_unit[units[dimension]].append(dimension)
    pairs = {unit: members for unit, members in by_unit.items() if len(members) > 1}
    if not pairs:
        return moving[:2]
    unit = max(pairs, key=lambda unit: (unit.lower() in LENGTHS, len(pairs[unit])))
    return pairs[unit][:2]
