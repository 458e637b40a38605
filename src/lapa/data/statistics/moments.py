"""Mean, spread and range that add up, episode by episode, in LeRobot's shape of statistics."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from einops import rearrange
from numpy.typing import NDArray

from lapa.data.episode import Frames


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
    def of(cls, rows: NDArray[Any]) -> Self:
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
    def of_frame(cls, frame: Frames) -> Self:
        """Summarise the pixels of one frame per channel, of [0, 1]."""
        return cls.of(rearrange(frame, "height width channel -> (height width) channel") / 255)

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

    def as_lerobot(self, *, pixels_per_frame: int = 0) -> dict[str, Any]:
        """Return LeRobot's entry; pictures (``pixels_per_frame``) nest channels and count frames."""
        values = {
            "min": self.minimum,
            "max": self.maximum,
            "mean": self.mean,
            "std": np.sqrt(self.squares / self.count),
        }
        if pixels_per_frame:
            nested = {key: value[:, None, None].tolist() for key, value in values.items()}
            return {**nested, "count": [self.count // pixels_per_frame]}
        return {**{key: value.tolist() for key, value in values.items()}, "count": [self.count]}
