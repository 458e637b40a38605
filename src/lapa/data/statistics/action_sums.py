"""Action statistics that add up: shard by shard, source by source, without keeping the actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lapa.data.episode import Episode


@dataclass(frozen=True, kw_only=True)
class ActionSums:
    """Count, mean, squared deviations and range per dimension (lists, so JSON keeps them exact)."""

    names: Sequence[str]
    units: Sequence[str]
    count: int
    mean: Sequence[float]
    squares: Sequence[float]
    """Sum of squared deviations from the mean."""
    minimum: Sequence[float]
    maximum: Sequence[float]

    @classmethod
    def of(cls, episode: Episode) -> ActionSums:
        """Summarise one episode; names are filled in where the source gives none."""
        if episode.actions is None:
            raise ValueError(f"episode {episode.episode_id} of {episode.source} has no actions")
        values = episode.actions.astype(np.float64)
        dims = values.shape[1]
        return cls(
            names=list(episode.action_names) or [f"action_{i}" for i in range(dims)],
            units=list(episode.action_units) or [""] * dims,
            count=len(values),
            mean=values.mean(axis=0).tolist(),
            squares=((values - values.mean(axis=0)) ** 2).sum(axis=0).tolist(),
            minimum=values.min(axis=0).tolist(),
            maximum=values.max(axis=0).tolist(),
        )

    def merged(self, other: ActionSums) -> ActionSums:
        """Join two summaries (Chan, Golub and LeVeque, 1979: stable pairwise variance).

        Raises:
            ValueError: they describe actions of different dimensions.
        """
        if len(self.mean) != len(other.mean):
            raise ValueError(
                f"actions of {len(self.mean)} and of {len(other.mean)} dimensions in one source; "
                "expected one: give the sources different names"
            )
        count = self.count + other.count
        mean, more = np.asarray(self.mean), np.asarray(other.mean)
        step = more - mean
        squares = np.asarray(self.squares) + other.squares
        return ActionSums(
            names=self.names,
            units=self.units,
            count=count,
            mean=(mean + step * other.count / count).tolist(),
            squares=(squares + step**2 * self.count * other.count / count).tolist(),
            minimum=np.minimum(self.minimum, other.minimum).tolist(),
            maximum=np.maximum(self.maximum, other.maximum).tolist(),
        )

    def table(self) -> list[dict[str, object]]:
        """Return one row per dimension: name, unit, mean, std, minimum, maximum."""
        std = np.sqrt(np.asarray(self.squares) / max(1, self.count)).tolist()
        columns = (self.names, self.units, self.mean, std, self.minimum, self.maximum)
        fields = ("name", "unit", "mean", "std", "minimum", "maximum")
        return [dict(zip(fields, row, strict=True)) for row in zip(*columns, strict=True)]
