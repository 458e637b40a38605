"""Action statistics of a dataset that add up, shard by shard, with the names of the dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lapa.data.episode import Episode
from lapa.data.statistics.moments import Moments

_ROWS = ("mean", "squares", "minimum", "maximum")


@dataclass(frozen=True, kw_only=True)
class ActionSums:
    """Moments of some actions, and what their dimensions are called."""

    names: Sequence[str]
    units: Sequence[str]
    moments: Moments

    @classmethod
    def of(cls, episode: Episode) -> ActionSums:
        """Summarise one episode; names are filled in where the source gives none.

        Raises:
            ValueError: it has no actions.
        """
        if episode.actions is None:
            raise ValueError(f"episode {episode.episode_id} of {episode.source} has no actions")
        dims = episode.actions.shape[1]
        return cls(
            names=list(episode.action_names) or [f"action_{i}" for i in range(dims)],
            units=list(episode.action_units) or [""] * dims,
            moments=Moments.of(episode.actions),
        )

    def merged(self, other: ActionSums) -> ActionSums:
        """Join two summaries.

        Raises:
            ValueError: they describe actions of different dimensions.
        """
        if len(self.names) != len(other.names):
            raise ValueError(
                f"actions of {len(self.names)} and of {len(other.names)} dimensions in one source; "
                "expected one: give the sources different names"
            )
        return ActionSums(
            names=self.names, units=self.units, moments=self.moments.merged(other.moments)
        )

    def plain(self) -> dict[str, Any]:
        """Return JSON-able facts, exact to the bit; `from_plain` reads them."""
        rows = {name: getattr(self.moments, name).tolist() for name in _ROWS}
        return {"names": self.names, "units": self.units, "count": self.moments.count, **rows}

    @classmethod
    def from_plain(cls, facts: Mapping[str, Any]) -> ActionSums:
        """Make a summary of what `plain` has returned."""
        rows = {name: np.asarray(facts[name], np.float64) for name in _ROWS}
        moments = Moments(count=facts["count"], **rows)
        return cls(names=facts["names"], units=facts["units"], moments=moments)

    def table(self) -> list[dict[str, object]]:
        """Return one row per dimension: name, unit, mean, std, minimum, maximum."""
        summary = self.moments
        rows = (summary.mean, summary.std, summary.minimum, summary.maximum)
        columns = (self.names, self.units, *(row.tolist() for row in rows))
        fields = ("name", "unit", "mean", "std", "minimum", "maximum")
        return [dict(zip(fields, row, strict=True)) for row in zip(*columns, strict=True)]
