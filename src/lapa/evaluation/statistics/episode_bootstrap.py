"""Intervals that resample episodes, because the frames of one episode are no independent samples."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.statistics.resampled import ResampledMetric, Resamples, keep
from lapa.records import Metric

Sums = NDArray[np.float64]
"""``(..., column)``: sums over samples, the number of samples first."""

MIN_EPISODES = 6
"""With fewer independent episodes (or scenes) there is no interval and no verdict.

Six that all agree are the fewest with which a two-sided sign test reaches 5 % (2 / 2^6 = 3 %);
resampling fewer gives intervals that are far too narrow, and one episode an interval of width 0.
"""


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A value and its 95 % interval."""

    value: float
    low: float | None = None
    """None where there were fewer than `MIN_EPISODES` episodes."""
    high: float | None = None

    def metric(self, name: str, *, n: int) -> Metric:
        """The interval as a record; ``n`` counts what is independent."""
        return Metric(name=name, value=self.value, low=self.low, high=self.high, n=n)


class ResampledInterval(Interval):
    """An interval that still knows what it was made of; its fields are those of a plain one."""

    resamples: Resamples

    def metric(self, name: str, *, n: int) -> Metric:
        """The interval as a record that remembers its resamples."""
        return ResampledMetric.of(super().metric(name, n=n), self.resamples)


def interval_of(value: float, kept: Resamples) -> Interval:
    """A value with the interval that its resamples give."""
    low, high = kept.ends(value)
    interval = ResampledInterval(value=value, low=low, high=high)
    interval.resamples = kept
    return interval


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
    numbers, group = np.unique(episodes, return_inverse=True)
    sums = np.stack(
        [np.bincount(group, weights=values) for values in (np.ones(len(group)), *columns)], axis=-1
    )
    value = float(statistic(sums.sum(axis=0)))
    if len(sums) < MIN_EPISODES:
        return Interval(value=value)
    drawn = statistic(_draws(len(sums), resamples=resamples, seed=seed) @ sums)
    how = {"of": "sums", "episodes": numbers.tolist(), "seed": seed, "draws": resamples}
    return interval_of(value, keep(drawn, "bootstrap", **how))


def intervals_of_sums(
    statistic: Callable[[Sums], NDArray[np.float64]], sums: Sums, *, resamples: int, seed: int
) -> list[Interval]:
    """Bootstrap several statistics of the same episodes at once.

    Args:
        statistic: from sums ``(..., column)`` to values ``(..., statistic)``.
        sums: ``(episode, column)``, of each episode.
        resamples: bootstrap draws, the same for all.
        seed: of the draws.
    """
    values = statistic(sums.sum(axis=0)).tolist()
    if len(sums) < MIN_EPISODES:
        return [Interval(value=value) for value in values]
    drawn = statistic(_draws(len(sums), resamples=resamples, seed=seed) @ sums)
    how = {"of": "sums", "episodes": len(sums), "seed": seed, "draws": resamples}
    return [
        interval_of(value, keep(column, "bootstrap", **how))
        for value, column in zip(values, drawn.T, strict=True)
    ]


def _draws(groups: int, *, resamples: int, seed: int) -> NDArray[np.float64]:
    """How often each episode occurs in each resample, ``(resample, episode)``."""
    shares = np.full(groups, 1 / groups)
    draws = np.random.default_rng(seed).multinomial(groups, shares, size=resamples)
    return draws.astype(np.float64)
