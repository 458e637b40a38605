"""Whether a figure of a quantiser or backbone goes with the success of what descends from it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

from lapa.evaluation.statistics.episode_bootstrap import MIN_EPISODES
from lapa.evaluation.statistics.intervals import Z_95
from lapa.evaluation.study.statistics.crossed import Estimate

MIN_MODELS = MIN_EPISODES
"""With fewer quantisers or backbones there is no interval and no claim."""


@dataclass(frozen=True, kw_only=True)
class Association:
    """A figure beside success, model by model."""

    metric: str
    figures: tuple[float, ...]
    successes: tuple[float, ...]

    @property
    def n(self) -> int:
        """Quantisers or backbones."""
        return len(self.figures)

    @property
    def correlation(self) -> Estimate:
        """Spearman's rank correlation; NaN where one side does not vary."""
        return spearman(self.figures, self.successes)


def spearman(first: Sequence[float], second: Sequence[float]) -> Estimate:
    """Rank correlation with Fisher's interval in the variance of Bonett & Wright.

    Bonett & Wright (2000), doi:10.1007/BF02294183: variance (1 + r^2 / 2) / (n - 3) of atanh r.

    Args:
        first: ``(model,)`` figures.
        second: ``(model,)`` successes.
    """
    if len(first) < 3:
        return Estimate(value=math.nan, reason=f"{len(first)} have no order to speak of")
    if len(set(first)) < 2 or len(set(second)) < 2:
        return Estimate(value=math.nan, reason="the same for all")
    value = float(stats.spearmanr(first, second).statistic)
    if (n := len(first)) < MIN_MODELS:
        return Estimate(value=value, reason=f"{n} are too few")
    center = math.atanh(min(max(value, -0.999999), 0.999999))
    half = Z_95 * math.sqrt((1 + value**2 / 2) / (n - 3))
    return Estimate(value=value, low=math.tanh(center - half), high=math.tanh(center + half))
