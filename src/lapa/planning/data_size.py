"""How much one source gives: what is known of it, and the pairs that follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Self

Origin = Literal["shards", "published"]
"""Counted in the shard set that was ingested, or said by the publisher."""


@dataclass(frozen=True, kw_only=True)
class DataSize:
    """One source of an experiment; of its training split where ``origin`` is ``shards``."""

    name: str
    origin: Origin
    episodes: int
    frames: int
    fps: float
    """Control rate, Hz."""
    weight: float = 1.0
    share: float = 1.0
    """Of the samples that are drawn."""
    image_size: int | None = None
    """Side of the stored frames, pixels; None where nothing is stored yet."""
    counted_pairs: int | None = None
    """Pairs (t, t+H) that the index of the shards holds; None: `pairs` estimates them."""
    counted_short: int | None = None
    """Episodes no longer than H, by the index; None where only their mean length is known."""
    num_shards: int | None = None

    @property
    def train(self) -> Self:
        """What is trained on: all that is known."""
        return self

    @property
    def seconds(self) -> float:
        """Mean length of an episode."""
        return self.frames / self.episodes / self.fps if self.episodes else 0.0

    def offset(self, horizon_s: float) -> int:
        """H in frames, at least one, as `lapa.records.PairSpec` rounds it."""
        return max(1, round(horizon_s * self.fps))

    def horizon(self, horizon_s: float) -> float:
        """H in seconds as whole frames give it."""
        return self.offset(horizon_s) / self.fps

    def pairs(self, horizon_s: float) -> int:
        """Frames t whose t+H lies inside their episode: counted, or as if all episodes were equally long."""
        if self.counted_pairs is not None:
            return self.counted_pairs
        return max(0, self.frames - self.episodes * self.offset(horizon_s))
