"""Clip shards: the codec of their frames, what is known of each dataset, splits."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, Self

from lapa.records.base import Record
from lapa.records.mixture import Balance, MixtureMember

SHARD_SCHEMA = "lapa.clips/1"
"""Version of the clip-shard layout; readers refuse any other."""


class FrameCodec(Record):
    """How a frame becomes a stored square picture: what training saw, and so what a policy must see."""

    image_size: int
    """Side of the square frames, pixels."""
    resize: Literal["crop", "squash"] = "crop"
    """Centre-crop the short side's square, or squash the whole frame into it."""
    jpeg_quality: int = 95
    jpeg_subsampling: Literal["444", "420"] = "444"


ActionMeaning = Literal["relative", "absolute"]
"""Whether an action dimension is a difference (summed over time) or a target (subtracted)."""


class DatasetFacts(Record):
    """What is known about one dataset of a shard set; its clips agree on it."""

    fps: float
    """Most frequent control rate, Hz; the index holds that of every clip."""
    episodes: int
    action_names: tuple[str, ...] = ()
    """One per action dimension; empty for action-free video."""
    action_units: tuple[str, ...] = ()
    """One per dimension, or empty where the source does not tell: never invented."""
    actions_are: tuple[ActionMeaning, ...] = ()
    """One per dimension, or empty where the source does not tell."""
    split_by: Literal["episode", "time"] = "episode"
    """What was held out: whole episodes, or the last part of the very episodes of the training split."""


class Split(Record):
    """Shards and counts of one split of a shard set."""

    shards: tuple[str, ...]
    """Tar files, relative to the shard set's folder; in a mixture with the member's name in front."""
    episodes: int
    clips: int
    frames: int
    """Distinct frames; the frames that overlapping clips share count once."""


class ShardSet(Record):
    """A folder of clip shards, complete and immutable; or a mixture, whose shards lie in other sets."""

    path: str
    schema_version: str = SHARD_SCHEMA
    codec: FrameCodec
    max_horizon_s: float
    """Clips overlap by this much: the longest horizon that loses no pair."""
    datasets: dict[str, DatasetFacts]
    splits: dict[str, Split]
    digest: str
    """SHA-256 over the sorted (shard name, shard SHA-256) pairs; of a mixture over its members."""
    members: tuple[MixtureMember, ...] = ()
    """The sets that a mixture is made of; empty for a set with shards of its own."""
    balance: Balance | None = None
    """Of a mixture: what the members' weights were multiplied by."""

    @property
    def image_size(self) -> int:
        """Side of the square frames, pixels."""
        return self.codec.image_size

    def split(self, name: str) -> Split:
        """Return one split by name.

        Raises:
            KeyError: no such split; the message names those that exist.
        """
        if name not in self.splits:
            raise KeyError(
                f"shard set {self.path} has no split {name!r}, only {sorted(self.splits)}; ingest "
                f"again with `ingestion.split.{name}_fraction` above 0, and with few recordings "
                "`ingestion.split.by=time`"
            )
        return self.splits[name]

    def shard_path(self, name: str) -> Path:
        """Where a tar lies; in a mixture below the folder of the member that its name begins with."""
        member, _, inside = name.partition("/")
        for part in self.members:
            if part.dataset == member:
                return Path(os.path.normpath(Path(self.path, part.path))) / inside
        return Path(self.path) / name

    def moved(self, folder: Path) -> Self:
        """The same set seen from another folder: a mixture finds its members by relative paths."""
        old = Path(self.path).absolute()
        members = tuple(
            part.model_copy(update={"path": os.path.relpath(old / part.path, folder.absolute())})
            for part in self.members
        )
        return self.model_copy(update={"path": str(folder), "members": members})
