"""The two action dimensions that plots of the plane show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.true_actions import TrueActions


@dataclass(frozen=True, kw_only=True)
class MotionPlane:
    """True motion in the two dimensions that move most."""

    motion: NDArray[np.float32]
    """``(sample, 2)``"""
    names: tuple[str, str]
    axes: tuple[str, str]
    """What each axis shows, with its unit."""
    one_unit: bool
    """Whether both have the same unit, so that lengths compare."""


def motion_plane(actions: TrueActions) -> MotionPlane:
    """Choose the plane.

    Raises:
        CannotMeasureError: fewer than two dimensions move.
    """
    plane = actions.most_moving()
    if plane is None:
        raise CannotMeasureError("fewer than two action dimensions move")
    first, second = plane
    return MotionPlane(
        motion=actions.values[:, [first, second]],
        names=(actions.names[first], actions.names[second]),
        axes=(actions.target(first), actions.target(second)),
        one_unit=actions.unit(first) == actions.unit(second),
    )
