"""From weights and sizes to the shares of an epoch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from lapa.params.mixture import MixtureParams
from lapa.records import Balance


class Counted(Protocol):
    """Episodes and frames: a split of a shard set, or what a publisher says of one."""

    @property
    def episodes(self) -> int:
        """How many there are."""

    @property
    def frames(self) -> int:
        """Distinct frames."""


class Source(Protocol):
    """Whatever has something to train on."""

    @property
    def train(self) -> Counted:
        """Its training split."""


SIZES: Mapping[Balance, Callable[[Source], float]] = {
    "frames": lambda clips: float(clips.train.frames),
    "episodes": lambda clips: float(clips.train.episodes),
    "sqrt": lambda clips: clips.train.frames**0.5,
    "equal": lambda clips: 1.0,
}
"""What a weight is multiplied by: as in Octo and OpenVLA, where a weight of 2 doubles a dataset's share."""


def resolved_shares(params: MixtureParams, taken: Sequence[Source]) -> list[float]:
    """Return the share of each source; they add up to one."""
    size = SIZES[params.balance]
    pulls = [
        source.weight * size(clips) for source, clips in zip(params.sources, taken, strict=True)
    ]
    return [pull / sum(pulls) for pull in pulls]
