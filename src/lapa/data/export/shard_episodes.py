"""Whole episodes out of clip shards: clips put together again, every frame once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lapa.data.episode import Episode, Frames
from lapa.data.frame_indices import resolve_indices
from lapa.data.loading.requirements import require_one_dimension
from lapa.data.shards.clip_table import ClipTable, load_clip_table
from lapa.data.shards.reader import ClipReader
from lapa.records import ShardSet


def shard_episodes(shard_set: ShardSet, split: str, dataset: str) -> Iterator[Episode]:
    """Yield the episodes of one dataset and split in storage order, frames lazily.

    Raises:
        ValueError: clips of the dataset differ in action or state dimension, or a frame is lost.
    """
    table = load_clip_table(shard_set, split)
    reader = ClipReader(table, image_size=shard_set.image_size)
    groups = clips_of_episodes(table, dataset)
    if not groups:
        return
    clips = np.concatenate(groups)
    members = [name for name in ("action", "state") if table.numbers[f"{name}_dim"][clips].any()]
    for name in members:
        require_one_dimension(table, clips, name)
    for group in groups:
        episode = _episode(
            reader, group, with_actions="action" in members, with_states="state" in members
        )
        facts = shard_set.datasets.get(dataset)
        yield episode if facts is None else replace(episode, actions_are=facts.actions_are)


def clips_of_episodes(table: ClipTable, dataset: str) -> list[NDArray[np.int64]]:
    """Return the clips of each episode of one dataset, in storage order; none where it has no clip."""
    known = table.texts["dataset"]
    if dataset not in known.values:
        return []
    clips = np.flatnonzero(known.codes == known.values.index(dataset))
    return np.split(clips, np.flatnonzero(np.diff(table.episode[clips])) + 1)


def datasets_of(shard_set: ShardSet, splits: Sequence[str]) -> list[str]:
    """Return the names of the datasets in these splits."""
    names: set[str] = set()
    for split in splits:
        if shard_set.split(split).shards:
            names.update(load_clip_table(shard_set, split).texts["dataset"].values)
    return sorted(names)


@dataclass(frozen=True)
class ClipFrames:
    """A `FrameReader` over the owned frames of the clips of one episode."""

    reader: ClipReader
    clips: NDArray[np.int64]
    num_frames: int

    def __call__(self, indices: Sequence[int] | None = None) -> Frames:
        """Decode the asked frames as ``uint8 (frame, height, width, 3)``."""
        starts = self.reader.table.numbers["start_frame"][self.clips]
        asked = resolve_indices(indices, self.num_frames)
        owners = np.searchsorted(starts, asked, side="right") - 1
        frames = [
            self.reader.frames(int(self.clips[owner]), [index - int(starts[owner])])
            for owner, index in zip(owners, asked, strict=True)
        ]
        return np.concatenate(frames)


def _episode(
    reader: ClipReader, clips: NDArray[np.int64], *, with_actions: bool, with_states: bool
) -> Episode:
    numbers = reader.table.numbers
    facts = reader.facts(int(clips[0]))
    num_frames = int(numbers["owned_frames"][clips].sum())
    if num_frames != facts["episode_frames"]:
        raise ValueError(
            f"episode {facts['episode_id']} of {facts['dataset']}: the clips hold {num_frames} "
            f"frames, the episode has {facts['episode_frames']}; run `lapa inspect --verify`"
        )
    return Episode(
        source=facts["dataset"],
        episode_id=facts["episode_id"],
        num_frames=num_frames,
        fps=facts["fps"],
        read_frames=ClipFrames(reader, clips, num_frames),
        instruction=facts["instruction"],
        actions=_owned(reader, clips, "actions") if with_actions else None,
        action_names=tuple(facts["action_names"]),
        action_units=tuple(facts["action_units"]),
        states=_owned(reader, clips, "states") if with_states else None,
        state_names=tuple(facts["state_names"]),
        environment=facts["environment"],
        success=facts["success"],
        provenance=facts["provenance"],
    )


def _owned(reader: ClipReader, clips: NDArray[np.int64], member: str) -> NDArray[np.float32]:
    owned = reader.table.numbers["owned_frames"]
    return np.concatenate([reader.array(int(clip), member)[: owned[clip]] for clip in clips])  # type: ignore[arg-type]
