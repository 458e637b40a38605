"""Orders in which groups of samples take turns: datasets alike, or a mixture's members by their shares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lapa.data.shards.clip_table import ClipTable, Slots


def subset_in_turns(slots: Slots, count: int | None, *, seed: int, table: ClipTable) -> Slots:
    """Return ``count`` slots in their original order, as many of each dataset as it has; nested in ``count``.

    Of one dataset these are the first of its seeded order.
    """
    if count is None or count >= len(slots):
        return slots
    datasets = table.texts["dataset"]
    groups, number = datasets.codes[table.clips_of(slots)], len(datasets.values)
    return slots[first_in_turns(groups, [1.0] * number, count, seeds=[[seed]] * number)]


def subset_by_share(
    shares: Sequence[float], members: NDArray[np.int32], count: int, *, seed: int
) -> NDArray[np.int64]:
    """Positions of the first ``count`` samples of an order that mixes members by their shares, ascending.

    Args:
        shares: of the mixture's members.
        members: member of each sample.
        count: samples to choose.
        seed: of the order.
    """
    seeds = [[seed, member] for member in range(len(shares))]
    return first_in_turns(members, shares, count, seeds=seeds)


def first_in_turns(
    groups: NDArray[np.int32],
    shares: Sequence[float],
    count: int,
    *,
    seeds: Sequence[Sequence[int]],
) -> NDArray[np.int64]:
    """Positions of the first ``count`` samples, ascending: a group of twice the share comes twice as often.

    Nested: 5 are among the 10. Where a group has no more, the others go on.

    Args:
        groups: group of each sample.
        shares: of the groups.
        count: samples to choose.
        seeds: of the order inside each group.
    """
    turn = np.empty(len(groups), np.float64)
    for group, (share, seed) in enumerate(zip(shares, seeds, strict=True)):
        own = np.flatnonzero(groups == group)
        order = own[np.random.default_rng(list(seed)).permutation(len(own))]
        turn[order] = (np.arange(len(own)) + 0.5) / max(share, 1e-12)
    return np.sort(np.lexsort((groups, turn))[:count])
