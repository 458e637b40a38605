"""From weights and sizes to the shares of an epoch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from lapa.data.mixing.members import MemberClips
from lapa.params.mixture import MixtureParams
from lapa.records import Balance

SIZES: Mapping[Balance, Callable[[MemberClips], float]] = {
    "frames": lambda clips: float(clips.train.frames),
    "episodes": lambda clips: float(clips.train.episodes),
    "sqrt": lambda clips: clips.train.frames**0.5,
    "equal": lambda clips: 1.0,
}
"""What a weight is multiplied by: as in Octo and OpenVLA, where a weight of 2 doubles a dataset's share."""


def resolved_shares(params: MixtureParams, taken: Sequence[MemberClips]) -> list[float]:
    """Return the share of each source; they add up to one."""
    size = SIZES[params.balance]
    pulls = [
        source.weight * size(clips) for source, clips in zip(params.sources, taken, strict=True)
    ]
    return [pull / sum(pulls) for pull in pulls]
