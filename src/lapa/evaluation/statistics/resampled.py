"""What a statistic is on resampled episodes, kept so that two measurements can be compared episode by episode."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import PrivateAttr
from scipy.stats import t

from lapa.records import Metric, digest_of

Scheme = Literal["bootstrap", "jackknife"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Resamples:
    """Values of one statistic, a resample each."""

    values: NDArray[np.float64]
    """``(resample,)``"""
    scheme: Scheme
    """``bootstrap``: episodes drawn with replacement; ``jackknife``: a block of episodes left out."""
    drawn: str
    """Digest of how they were drawn: two measurements with the same one have seen the same episodes, resample
    by resample."""

    def ends(self, value: float) -> tuple[float, float]:
        """The 95 % interval of a statistic whose resamples these are.

        Args:
            value: on all episodes; a jackknife interval lies around it.
        """
        if self.scheme == "bootstrap":
            low, high = np.quantile(self.values, (0.025, 0.975))
            return float(low), float(high)
        blocks = len(self.values)
        spread = ((self.values - self.values.mean()) ** 2).sum()
        reach = float(t.ppf(0.975, blocks - 1) * np.sqrt((blocks - 1) / blocks * spread))
        return value - reach, value + reach


def keep(values: ArrayLike, scheme: Scheme, **how: Any) -> Resamples:
    """Values and a digest of how they came about.

    Args:
        values: ``(resample,)``.
        scheme: how episodes were taken.
        how: everything that decides which ones: the episodes' numbers, seed, draws; JSON-able.
    """
    drawn = digest_of([scheme, how])
    return Resamples(values=np.asarray(values, np.float64), scheme=scheme, drawn=drawn)


class ResampledMetric(Metric):
    """A metric that still knows its resamples; stored, compared and shown it is a plain one."""

    _resamples: Resamples | None = PrivateAttr(default=None)

    @classmethod
    def of(cls, metric: Metric, kept: Resamples) -> ResampledMetric:
        """The metric, with its resamples."""
        remembering = cls(**metric.model_dump())
        remembering._resamples = kept
        return remembering

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Metric) and self.model_dump() == other.model_dump()

    def __hash__(self) -> int:
        return hash(tuple(self.model_dump().values()))


def resamples_of(metric: Metric) -> Resamples | None:
    """The resamples behind a metric of this process; None where nobody kept any."""
    return metric._resamples if isinstance(metric, ResampledMetric) else None
