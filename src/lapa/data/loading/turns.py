"""Which samples are measured where several datasets are held out: the datasets take turns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lapa.data.shards.clip_table import ClipTable


def subset_in_turns(
    slots: NDArray[np.int64], count: int | None, *, seed: int, table: ClipTable
) -> NDArray[np.int64]:
    """Return ``count`` slots in their original order, as many of each dataset as it has; nested in ``count``.

    Every dataset has a seeded order of its own, from which it gives one slot a turn until it has no more. Of
    one dataset these are the first of its order.
    """
    if count is None or count >= len(slots):
        return slots
    datasets = table.texts["dataset"].codes[table.clips_of(slots)]
    turn = np.empty(len(slots), np.int64)
    for dataset in np.unique(datasets):
        own = np.flatnonzero(datasets == dataset)
        turn[own[np.random.default_rng(seed).permutation(len(own))]] = np.arange(len(own))
    first = np.lexsort((datasets, turn))[:count]
    return slots[np.sort(first)]
