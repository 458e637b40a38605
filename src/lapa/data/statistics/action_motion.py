"""What was done between t and t+H: differences add up, targets are subtracted.

Of actions that are differences (``relative``) it is their sum over ``t .. t+H-1``; of targets
(``absolute``) it is a(t+H) - a(t), for angles the shorter way round. Where nobody knows what they are,
they are summed, and whoever reports on them says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.records import DatasetFacts

FULL_TURN = {
    **dict.fromkeys(("rad", "rads", "radian", "radians"), 2 * np.pi),
    **dict.fromkeys(("deg", "degs", "degree", "degrees", "°"), 360.0),
}
"""Full circle by unit, lower case."""


@dataclass(frozen=True, kw_only=True)
class ActionMotion:
    """How the actions of one dataset become motion."""

    absolute: NDArray[np.bool_]
    """``(action_dim,)``: which dimensions are targets."""
    turn: NDArray[np.float64]
    """``(action_dim,)``: full circle of the targets that are angles, else infinite."""

    def over(self, actions: NDArray[np.float32], start: int, offset: int) -> NDArray[np.float32]:
        """Return the motion from frame ``start`` to ``start + offset``, ``float32 (action_dim,)``.

        Args:
            actions: ``float32 (frame, action_dim)`` of one clip, the later frame included.
            start: frame t.
            offset: H in frames.
        """
        summed: NDArray[np.float32] = actions[start : start + offset].sum(axis=0)
        if not self.absolute.any():
            return summed
        change = actions[start + offset].astype(np.float64) - actions[start]
        return np.where(self.absolute, self._shorter(change), summed).astype(np.float32)

    def _shorter(self, change: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn a change of an angle into (-half, half] of a circle."""
        is_angle = np.isfinite(self.turn)
        turn = np.where(is_angle, self.turn, 1.0)
        return np.where(is_angle, -((turn / 2 - change) % turn - turn / 2), change)


def motion_of(facts: DatasetFacts | None, action_dim: int) -> ActionMotion:
    """Return how the actions of a dataset add up; all are summed where its record does not tell."""
    meanings = () if facts is None else facts.actions_are
    units = () if facts is None else facts.action_units
    absolute = np.zeros(action_dim, np.bool_)
    if len(meanings) == action_dim:
        absolute = np.array([meaning == "absolute" for meaning in meanings])
    turn = np.full(action_dim, np.inf)
    if len(units) == action_dim:
        turn = np.array([FULL_TURN.get(unit.strip().lower(), np.inf) for unit in units])
    return ActionMotion(absolute=absolute, turn=np.where(absolute, turn, np.inf))
