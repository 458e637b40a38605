"""How sure a success rate is: Wilson's interval, and the paired difference of two arms."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lapa.evaluation.statistics.episode_bootstrap import MIN_EPISODES
from lapa.records import Metric

Z_95 = 1.959963984540054
"""Two-sided 95 % quantile of the normal distribution."""


def wilson_interval(successes: int, n: int, *, z: float = Z_95) -> tuple[float, float]:
    """Confidence interval of a proportion, right also near 0 and 1.

    Wilson (1927), doi:10.1080/01621459.1927.10502953.

    Args:
        successes: how many of ``n`` independent trials succeeded.
        n: trials, at least 1.
        z: quantile of the normal distribution; the default gives 95 %.

    Raises:
        ValueError: no trials, or a count outside 0 to ``n``.
    """
    if n < 1 or not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n} trials; expected 0 to n of at least one")
    rate = successes / n
    scale = 1 + z**2 / n
    center = (rate + z**2 / (2 * n)) / scale
    half = z / scale * float(np.sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2)))
    return max(0.0, center - half), min(1.0, center + half)


def success_rate(name: str, successes: ArrayLike) -> Metric:
    """Share of True in ``successes`` ``bool (trial,)`` with its Wilson 95 % interval."""
    trials = np.asarray(successes, dtype=bool)
    low, high = wilson_interval(int(trials.sum()), len(trials))
    return Metric(name=name, value=float(trials.mean()), low=low, high=high, n=len(trials))


def paired_difference(
    name: str, first: ArrayLike, second: ArrayLike, *, resamples: int = 10_000, seed: int = 0
) -> Metric:
    """Mean of ``first - second`` over paired trials, with a bootstrap 95 % interval.

    Fewer than `MIN_EPISODES` trials give the mean without an interval.

    Args:
        name: of the metric.
        first: ``(trial,)`` successes or scores of one arm.
        second: those of the other arm on the same scenes, in the same order.
        resamples: bootstrap draws of whole pairs.
        seed: of the draws.

    Raises:
        ValueError: the arms do not have the same, positive number of trials.
    """
    one, two = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if one.shape != two.shape or one.ndim != 1 or not len(one):
        raise ValueError(
            f"arms have shapes {one.shape} and {two.shape}; expected the same (trial,)"
        )
    differences = one - two
    value = float(differences.mean())
    if len(one) < MIN_EPISODES:
        return Metric(name=name, value=value, n=len(one))
    draws = np.random.default_rng(seed).integers(len(one), size=(resamples, len(one)))
    low, high = np.quantile(differences[draws].mean(axis=1), (0.025, 0.975))
    return Metric(name=name, value=value, low=float(low), high=float(high), n=len(one))
