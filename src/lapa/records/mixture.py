"""Parts of a mixture: whose clips, which of them, and how often they are drawn."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lapa.records.base import Record

Balance = Literal["frames", "episodes", "sqrt", "equal"]
"""What a source's weight is multiplied by: its frames, its episodes, the root of its frames, or nothing."""


class ClipFilter(Record):
    """Which clips are taken, by what is known of them; empty lists take all."""

    datasets: tuple[str, ...] = ()
    """Names inside the shard set, where it holds several."""
    environments: tuple[str, ...] = ()
    exclude_environments: tuple[str, ...] = ()
    instructions: tuple[str, ...] = ()
    """Phrases: an instruction that contains one of them is taken."""
    exclude_instructions: tuple[str, ...] = ()


class ClipSelection(Record):
    """Which clips of a shard set a mixture takes, and what their datasets are called in it."""

    filter: ClipFilter = ClipFilter()
    max_episodes: int | None = Field(default=None, gt=0)
    """Training episodes at most, the same few every time; 5 are among the 10."""
    names: dict[str, str]
    """Dataset inside the shard set -> what it is called in the mixture."""


class MixtureMember(ClipSelection):
    """One shard set of a mixture, with its resolved share."""

    dataset: str
    """Name in the configuration and in the catalog (`<dataset>.clip_shards`)."""
    path: str
    """Its folder, relative to that of the mixture."""
    digest: str
    weight: float = Field(gt=0)
    share: float = Field(ge=0, le=1)
    """Of the samples of an epoch; all shares add up to one."""
    episodes: int
    """Training episodes that are taken."""
    frames: int
    """Training frames that are taken."""
    hours: float
    """Of them, by each clip's own rate."""
