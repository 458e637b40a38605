"""Intervals and nulls of statistics that are no function of sums: entropies, angles, mutual information."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.statistics.episode_bootstrap import MIN_EPISODES, Interval, interval_of
from lapa.evaluation.statistics.resampled import keep
from lapa.records import Metric


def rows_interval(
    statistic: Callable[[NDArray[np.int64]], float],
    episodes: NDArray[np.int64],
    *,
    resamples: int,
    seed: int,
) -> Interval:
    """Bootstrap any statistic of rows by drawing whole episodes.

    Args:
        statistic: from the numbers of the drawn rows (an episode drawn twice has its rows twice) to a value.
        episodes: ``(row,)``: episode of every row.
        resamples: bootstrap draws.
        seed: of the draws.
    """
    numbers, group = np.unique(episodes, return_inverse=True)
    value = statistic(np.arange(len(episodes)))
    if len(numbers) < MIN_EPISODES:
        return Interval(value=value)
    members = np.split(np.argsort(group, kind="stable"), np.cumsum(np.bincount(group))[:-1])
    rng = np.random.default_rng(seed)
    drawn = [
        statistic(
            np.concatenate([members[i] for i in rng.integers(len(members), size=len(members))])
        )
        for _ in range(resamples)
    ]
    how = {"of": "rows", "episodes": numbers.tolist(), "seed": seed, "draws": resamples}
    return interval_of(value, keep(drawn, "bootstrap", **how))


def null_metric(
    name: str, statistic: Callable[[np.random.Generator], float], *, draws: int, seed: int
) -> Metric:
    """What chance gives: mean, and the middle 95 % of a statistic over permuted data.

    Args:
        name: of the metric.
        statistic: permutes with the generator it is given, and measures.
        draws: permutations.
        seed: of the permutations.
    """
    rng = np.random.default_rng(seed)
    values = [statistic(rng) for _ in range(draws)]
    low, high = np.quantile(values, (0.025, 0.975))
    return Metric(
        name=name, value=float(np.mean(values)), low=float(low), high=float(high), n=draws
    )
