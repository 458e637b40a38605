"""A seeded order in which every group has its turn: labels spread over tasks, however few they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def in_turn(order: NDArray[np.int64], groups: NDArray[np.integer]) -> NDArray[np.int64]:
    """Rearrange ``order`` so that one of every group comes first, then a second of each, and so on.

    Within a group, and within a round, the order stays. A group that has no more is passed over.

    Args:
        order: ``int64 (item,)``, numbers of items.
        groups: ``(item,)``, the group of item i.
    """
    rounds = np.empty(len(order), np.int64)
    of_order = groups[order]
    for group in np.unique(of_order):
        places = np.flatnonzero(of_order == group)
        rounds[places] = np.arange(len(places))
    return order[np.argsort(rounds, kind="stable")]
