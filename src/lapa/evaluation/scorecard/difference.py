"""How far the same metric of two checkpoints is apart, with an interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lapa.evaluation.score import Better
from lapa.evaluation.statistics.resampled import Resamples
from lapa.records import Metric


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A metric of one checkpoint minus that of another."""

    metric: Metric
    """The difference; without interval where one of the two has none."""
    is_paired: bool
    """Whether both were resampled over the same episodes, draw by draw."""

    def is_better(self, better: Better) -> bool | None:
        """Whether the first checkpoint is better; None where the interval holds 0, or there is none.

        Args:
            better: which side of the metric is.
        """
        low, high = self.metric.low, self.metric.high
        if low is None or high is None or low <= 0 <= high:
            return None
        return (low > 0) == (better == "higher")


def difference(
    first: Metric, second: Metric, drawn: tuple[Resamples | None, Resamples | None]
) -> Difference:
    """Subtract, resample by resample where both have seen the same episodes.

    What episodes have in common (a hard scene is hard for both) then cancels, and the interval is narrower. Else
    the two intervals are combined as those of independent measurements: MOVER, Zou & Donner (2008),
    doi:10.1002/sim.3095, which is too wide for checkpoints that were measured on the same episodes.

    Args:
        first: with its interval.
        second: the same metric of another checkpoint.
        drawn: the resamples of both; None where they are not kept, or not of the same episodes.
    """
    value = first.value - second.value
    name, n = first.name, min(first.n or 0, second.n or 0) or None
    one, two = drawn
    if one is not None and two is not None and one.drawn == two.drawn:
        apart = Resamples(values=one.values - two.values, scheme=one.scheme, drawn=one.drawn)
        low, high = apart.ends(value)
        metric = Metric(name=name, value=value, low=low, high=high, n=n)
        return Difference(metric=metric, is_paired=True)
    ends = _independent(first, second)
    low_end, high_end = (None, None) if ends is None else ends
    metric = Metric(name=name, value=value, low=low_end, high=high_end, n=n)
    return Difference(metric=metric, is_paired=False)


def _independent(first: Metric, second: Metric) -> tuple[float, float] | None:
    """The ends of the difference of two independent metrics; None where one has no interval."""
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return None
    value = first.value - second.value
    below = np.hypot(first.value - first.low, second.high - second.value)
    above = np.hypot(first.high - first.value, second.value - second.low)
    return float(value - below), float(value + above)
