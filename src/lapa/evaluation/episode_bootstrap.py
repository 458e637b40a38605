"""Intervals that resample episodes, because the frames of one episode are no independent samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Sums = NDArray[np.float64]
"""``(..., column)``: sums over samples, the number of samples first."""


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A value and its 95 % interval."""

    value: float
    low: float
    high: float


def episode_interval(
    statistic: Callable[[Sums], NDArray[np.float64]],
    columns: Sequence[NDArray[np.floating]],
    episodes: NDArray[np.int64],
    *,
    resamples: int,
    seed: int,
) -> Interval:
    """Bootstrap a statistic that depends on sums over samples.

    Working from per-episode sums makes all resamples together one small matrix product.

    Args:
        statistic: from sums ``(..., 1 + columns)`` (count first) to values ``(...)``.
        columns: per-sample values ``(sample,)`` to be summed.
        episodes: episode of every sample.
        resamples: bootstrap draws.
        seed: of the draws.
    """
    _, group = np.unique(episodes, return_inverse=True)
    sums = np.stack(
        [np.bincount(group, weights=values) for values in (np.ones(len(group)), *columns)], axis=-1
    )
    groups = len(sums)
    draws = np.random.default_rng(seed).multinomial(
        groups, np.full(groups, 1 / groups), size=resamples
    )
    low, high = np.quantile(statistic(draws.astype(np.float64) @ sums), (0.025, 0.975))
    return Interval(value=float(statistic(sums.sum(axis=0))), low=float(low), high=float(high))
