"""Statistics of actions, which a policy is saved with."""

from __future__ import annotations

from lapa.records.base import Record


class ActionDimension(Record):
    """Statistics of one action dimension over the labelled training episodes."""

    name: str
    unit: str
    mean: float
    std: float
    minimum: float
    maximum: float
    p01: float
    p99: float
    bin_edges: tuple[float, ...]
    """bins + 1 increasing edges, in the dimension's unit."""
    clipped: int
    """Training values outside the outer edges."""
    still: bool = False
    """It stands still in the labelled episodes (`lapa.data.statistics.standing_still`): its bins are wider than
    its range, and it does not count in mean normalised errors."""
    least_scale: float = 0.0
    """Errors are divided by at least this, for a dimension that is held and may be held elsewhere."""

    @property
    def scale(self) -> float:
        """What normalised errors are divided by: half the span of the bins, or `least_scale`."""
        return max((self.bin_edges[-1] - self.bin_edges[0]) / 2, self.least_scale)


class ActionStats(Record):
    """Action statistics a policy is saved with and checked against."""

    dimensions: tuple[ActionDimension, ...]
    episodes: int
    steps: int
    shard_digest: str
    datasets: tuple[str, ...] = ()
    """Datasets of the shard set that the steps come from; empty in older policies: all that there are."""

    episode_seed: int | None = None
    """Seed of the order whose first ``episodes`` are the labelled ones; None in older policies."""
    balanced: bool = False
    """Whether the instructions have their turns in that order."""

    @property
    def still(self) -> tuple[str, ...]:
        """Names of the dimensions that stand still."""
        return tuple(dimension.name for dimension in self.dimensions if dimension.still)
