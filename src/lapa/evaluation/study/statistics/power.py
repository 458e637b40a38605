"""How many seeds show a difference: the power of a paired t test."""

from __future__ import annotations

import numpy as np
from scipy import stats

from lapa.evaluation.study.statistics.crossed import LEVEL
from lapa.evaluation.study.statistics.spread import Spread

POWER = 0.8
MOST = 1000


def seeds_needed(difference: float, spread: Spread) -> int | None:
    """Pretraining seeds, each with subsets of its own, that show a difference with 80 % power.

    Every seed gives one mean over as many labelled subsets as the study has, none of them shared with another seed;
    its variance is between_seeds^2 + (between_subsets^2 + rest^2) / subsets. The power is that of the
    two-sided 5 % t test on these means (noncentral t; Cohen 1988, "Statistical Power Analysis", chapter 2).

    Args:
        difference: true difference of two arms, as a share.
        spread: of the paired differences of these arms.

    Returns:
        None where `MOST` seeds do not suffice.

    Raises:
        ValueError: the difference is zero, which no number of seeds shows.
    """
    if difference == 0:
        raise ValueError(
            "found a difference of 0, expected another: nothing shows that there is one"
        )
    within = (spread.between_subsets**2 + spread.rest**2) / spread.subsets
    deviation = float(np.sqrt(spread.between_seeds**2 + within))
    if deviation == 0:
        return 2
    seeds = np.arange(2, MOST + 1)
    enough = power(abs(difference) / deviation, seeds) >= POWER
    return int(seeds[enough.argmax()]) if enough.any() else None


def power(
    effect: float, seeds: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Probability that the test sees an effect of so many standard deviations."""
    critical = stats.t.ppf((1 + LEVEL) / 2, seeds - 1)
    return np.asarray(stats.nct.sf(critical, seeds - 1, effect * np.sqrt(seeds)))
