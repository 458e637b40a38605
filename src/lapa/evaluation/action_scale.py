"""How wide an action dimension is: what makes errors of different dimensions comparable."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.records import ActionStats

FLOOR_SHARE = 0.1
"""No dimension counts as narrower than this share of the typical width of its unit."""


@dataclass(frozen=True, kw_only=True)
class ActionScale:
    """Half the width of every dimension: what stands for 1 in a normalised error."""

    half_width: NDArray[np.float64]
    """``(dimension,)``, in the dimension's unit."""
    still: tuple[str, ...]
    """Dimensions that (nearly) stood still in the labelled episodes and got the floor instead."""


def action_scale(stats: ActionStats) -> ActionScale:
    """Half the labelled range of every dimension, with a floor for those that stood still.

    The range is that of the bins (1st to 99th percentile, everything for switches), as in training.
    A joint that never moved has a range of noise: dividing by it would drown all others.
    """
    widths = np.array([d.bin_edges[-1] - d.bin_edges[0] for d in stats.dimensions])
    floors = FLOOR_SHARE * reference_widths(widths, [d.unit for d in stats.dimensions])
    still = tuple(
        d.name
        for d, width, floor in zip(stats.dimensions, widths, floors, strict=True)
        if width < floor
    )
    return ActionScale(half_width=np.maximum(widths, floors) / 2, still=still)


def reference_widths(widths: NDArray[np.float64], units: Sequence[str]) -> NDArray[np.float64]:
    """What each dimension's width is held against: the widest of its unit.

    Dimensions of unknown unit are held against the upper quartile of those, because one of them
    may be counted in thousands.

    Args:
        widths: ``(dimension,)``.
        units: one per dimension (empty text: unknown), or empty: all unknown.
    """
    known = list(units) or [""] * len(widths)
    groups: dict[str, list[float]] = defaultdict(list)
    for unit, width in zip(known, widths, strict=True):
        groups[unit].append(float(width))
    typical = {u: max(w) if u else float(np.quantile(w, 0.75)) for u, w in groups.items()}
    return np.array([typical[unit] for unit in known])
