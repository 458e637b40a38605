"""Mean, spread and range that add up, chunk by chunk, without keeping the values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Moments:
    """Summary of rows ``(row, dimension)``."""

    count: int
    mean: NDArray[np.float64]
    squares: NDArray[np.float64]
    """Sum of squared deviations from the mean."""
    minimum: NDArray[np.float64]
    maximum: NDArray[np.float64]

    @classmethod
    def of(cls, rows: NDArray[Any]) -> Moments:
        """Summarise rows ``(row, dimension)``, at least one."""
        values = rows.astype(np.float64)
        mean = values.mean(axis=0)
        return cls(
            count=len(values),
            mean=mean,
            squares=((values - mean) ** 2).sum(axis=0),
            minimum=values.min(axis=0),
            maximum=values.max(axis=0),
        )

    @classmethod
    def of_chunks(cls, chunks: Iterable[NDArray[Any]]) -> Moments:
        """Summarise at least one chunk of rows, one in memory at a time."""
        return reduce(cls.merged, map(cls.of, chunks))

    def merged(self, other: Moments) -> Moments:
        """Join two summaries (Chan, Golub and LeVeque, 1979: stable pairwise variance)."""
        count = self.count + other.count
        step = other.mean - self.mean
        return Moments(
            count=count,
            mean=self.mean + step * other.count / count,
            squares=self.squares + other.squares + step**2 * self.count * other.count / count,
            minimum=np.minimum(self.minimum, other.minimum),
            maximum=np.maximum(self.maximum, other.maximum),
        )

    @property
    def std(self) -> NDArray[np.float64]:
        """Standard deviation of the population, per dimension."""
        return np.asarray(np.sqrt(self.squares / self.count))
