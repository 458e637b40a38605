"""Intervals of statistics that doubled rows would distort: entropies, mutual information, distances."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.statistics.episode_bootstrap import MIN_EPISODES, Interval, interval_of
from lapa.evaluation.statistics.resampled import keep

MAX_BLOCKS = 30
"""Episodes are left out in at most so many blocks: more hardly change the interval and cost a measurement each."""


def jackknife_interval(
    statistic: Callable[[NDArray[np.int64]], float], episodes: NDArray[np.int64]
) -> Interval:
    """Leave out block after block of whole episodes; value ± t · standard error.

    A bootstrap draws rows twice. Mutual information then takes chance for knowledge: its interval lies above
    the value, and above what permuted codes give, for codes that know nothing. Here no row occurs twice.
    Tukey (1958); the block form is Künsch (1989), doi:10.1214/aos/1176347265.

    Args:
        statistic: from the numbers of the kept rows to a value; NaN where they do not suffice.
        episodes: ``(row,)``: episode of every row.

    Returns:
        Without ends where there are fewer than `MIN_EPISODES` episodes, or a block cannot be spared.
    """
    numbers, group = np.unique(episodes, return_inverse=True)
    value = float(statistic(np.arange(len(episodes))))
    if len(numbers) < MIN_EPISODES:
        return Interval(value=value)
    blocks = min(len(numbers), MAX_BLOCKS)
    without = np.array([statistic(np.flatnonzero(group % blocks != b)) for b in range(blocks)])
    if not np.isfinite(without).all():
        return Interval(value=value)
    how = {"episodes": numbers.tolist(), "blocks": blocks}
    return interval_of(value, keep(without, "jackknife", **how))
