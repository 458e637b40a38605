"""Frame pairs (t, t+H) of a split as a map-style dataset: only the two frames are decoded."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lapa.data.shards.clip_table import ClipTable, load_clip_table
from lapa.data.shards.pair_index import clip_offsets, longest_recording, select_pairs
from lapa.data.shards.reader import ClipReader
from lapa.data.statistics.action_motion import ActionMotion, motion_of
from lapa.records import PairSpec, ShardSet


class SlotDataset(ABC):
    """Samples identified by slots (owned frames); what training and evaluation loaders read.

    ``sample_id`` is the slot: it depends on the shard set alone, and it is the row of a label.
    A subclass says under which name its images go and how one sample is read.
    """

    image_name = "frames"
    images_per_sample: tuple[int, ...] = ()
    """Leading dimensions of a sample's images."""

    def __init__(
        self,
        *,
        reader: ClipReader,
        slots: NDArray[np.int64],
        one_per_episode: bool = False,
        seed: int = 0,
    ) -> None:
        self.reader = reader
        self.slots = slots
        self._clips = reader.table.clips_of(slots)
        self._frames = reader.table.frames_of(slots)
        self._one_per_episode = one_per_episode
        self._seed = seed
        episodes = reader.table.episode[self._clips]
        self._episode_start = np.flatnonzero(np.diff(episodes, prepend=-1, append=-1))

    @property
    def image_shape(self) -> tuple[int, ...]:
        """Shape of a sample's images, ``(..., height, width, 3)``."""
        return (*self.images_per_sample, *self.reader.image_shape)

    @abstractmethod
    def read_into(self, images: NDArray[np.uint8], index: int) -> dict[str, Any]:
        """Decode a sample's images into ``images`` and return the rest of it.

        A loader hands in a row of the batch, so that no picture is copied after decoding.
        """

    def __getitem__(self, index: int) -> dict[str, Any]:
        images = np.empty(self.image_shape, np.uint8)
        return {self.image_name: images, **self.read_into(images, index)}

    @property
    def table(self) -> ClipTable:
        """The clips behind the samples."""
        return self.reader.table

    def __len__(self) -> int:
        return len(self.slots)

    @property
    def num_episodes(self) -> int:
        """Episodes with at least one sample."""
        return len(self._episode_start) - 1

    @property
    def samples_per_epoch(self) -> int:
        """Samples that one epoch draws."""
        return self.num_episodes if self._one_per_episode else len(self)

    def epoch_positions(self, epoch: int) -> NDArray[np.int64]:
        """Return what an epoch draws, in storage order: everything, or one sample per episode."""
        if not self._one_per_episode:
            return np.arange(len(self), dtype=np.int64)
        random = np.random.default_rng([self._seed, epoch]).random(self.num_episodes)
        counts = np.diff(self._episode_start)
        return np.asarray(self._episode_start[:-1] + np.floor(random * counts), dtype=np.int64)

    def position_of(self, index: int) -> tuple[int, int]:
        """Return ``(clip, frame inside the clip)`` of a sample."""
        return int(self._clips[index]), int(self._frames[index])

    def sample(self, index: int) -> dict[str, Any]:
        """Return what is known about a sample, without decoding anything."""
        clip, frame = self.position_of(index)
        table = self.table
        start = int(table.numbers["start_frame"][clip])
        fps = float(table.numbers["fps"][clip])
        return {
            "sample_id": int(self.slots[index]),
            "key": table.keys[clip].as_py(),
            **{name: coded[clip] for name, coded in table.texts.items()},
            "frame": start + frame,
            "fps": fps,
            "time_s": (start + frame) / fps,
            "episode_frames": int(table.numbers["episode_frames"][clip]),
        }


class PairDataset(SlotDataset):
    """Items are `PairBatch` rows: ``frames uint8 (2, height, width, 3)`` and ``sample_id``."""

    image_name = "frames"
    images_per_sample = (2,)

    def __init__(
        self,
        *,
        reader: ClipReader,
        slots: NDArray[np.int64],
        spec: PairSpec,
        counts: dict[str, int],
        with_actions: bool,
        with_states: bool,
        motions: Mapping[str, ActionMotion] | None = None,
    ) -> None:
        one_per_episode = spec.policy == "one_per_episode"
        super().__init__(
            reader=reader, slots=slots, one_per_episode=one_per_episode, seed=spec.seed
        )
        self.spec = spec
        self.counts = counts
        """``frames``, ``tail`` and ``static`` (dropped), ``pairs`` (kept before `max_samples`)."""
        self._with_actions = with_actions
        self._motions = motions or {}
        self._with_states = with_states
        self._offsets = clip_offsets(self.table, spec)

    def offset(self, index: int) -> int:
        """Return H in frames for a sample."""
        return int(self._offsets[self._clips[index]])

    def motion(self, index: int, actions: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what was done over H, given the ``actions`` of the sample's clip."""
        clip, frame = self.position_of(index)
        how = self._motions[self.table.texts["dataset"][clip]]
        return how.over(actions, frame, self.offset(index))

    def read_into(self, images: NDArray[np.uint8], index: int) -> dict[str, Any]:
        """Decode frames t and t+H, nothing else."""
        clip, frame = self.position_of(index)
        offset = self.offset(index)
        self.reader.decode_into(images[0], clip, frame)
        self.reader.decode_into(images[1], clip, frame + offset)
        item: dict[str, Any] = {"sample_id": self.slots[index]}
        if self._with_actions:
            item["actions"] = self.motion(index, self.reader.array(clip, "actions"))
        if self._with_states:
            item["states"] = self.reader.array(clip, "states")[frame]
        return item


def open_pairs(
    shard_set: ShardSet,
    split: str,
    spec: PairSpec,
    *,
    max_samples: int | None = None,
    with_actions: bool = False,
    with_states: bool = False,
    datasets: Sequence[str] | None = None,
) -> PairDataset:
    """Open the pairs of a split.

    Args:
        shard_set: the clips.
        split: its name.
        spec: what a pair is.
        max_samples: keep the first of an order seeded by ``spec.seed`` (nested: 10 holds 5).
        with_actions: add what was done over H, ``float32 (action_dim,)``: differences summed, targets
            subtracted (`lapa.data.statistics.action_motion`).
        with_states: add the state at t.
        datasets: keep only these datasets; None keeps all.

    Raises:
        ValueError: the horizon is longer than the clips overlap, or no pair is left, or a clip
            has no actions (states) though they were asked for.
    """
    table = load_clip_table(shard_set, split)
    require_horizon(shard_set, spec)
    slots, counts = select_pairs(table, spec, datasets=datasets)
    if not len(slots):
        raise ValueError(
            f"split {split!r} of {shard_set.path} holds no pair for {spec!r}: {counts}; "
            f"{longest_recording(table, spec)}; expected at least one pair: lower `horizon_s` or "
            "`min_motion`, or ingest longer episodes, or at their true rate (`fps_override`, `fps`)"
        )
    for wanted, member in ((with_actions, "action"), (with_states, "state")):
        if wanted:
            require_one_dimension(table, table.clips_of(slots), member)
    return PairDataset(
        reader=ClipReader(table, image_size=shard_set.image_size),
        slots=subset(slots, max_samples, seed=spec.seed),
        spec=spec,
        counts=counts,
        with_actions=with_actions,
        with_states=with_states,
        motions=_motions(shard_set, table),
    )


def _motions(shard_set: ShardSet, table: ClipTable) -> dict[str, ActionMotion]:
    """How the actions of every dataset of the split become motion."""
    names, dims = table.texts["dataset"], table.numbers["action_dim"]
    return {
        name: motion_of(shard_set.datasets.get(name), int(dims[names.codes == code].max()))
        for code, name in enumerate(names.values)
    }


def require_horizon(shard_set: ShardSet, spec: PairSpec) -> None:
    """Refuse a horizon that the clips were not cut for.

    Raises:
        ValueError: it is longer than ``max_horizon_s``.
    """
    if spec.horizon_s > shard_set.max_horizon_s + 1e-9:
        raise ValueError(
            f"horizon of {spec.horizon_s} s, but the clips of {shard_set.path} overlap by "
            f"{shard_set.max_horizon_s} s; ingest again with a larger `max_horizon_s`"
        )


def require_one_dimension(table: ClipTable, clips: NDArray[np.int64], member: str) -> int:
    """Return the one action (state) dimension of these clips.

    Raises:
        ValueError: a clip has none, or clips differ.
    """
    dims, first = np.unique(table.numbers[f"{member}_dim"][clips], return_index=True)
    if len(dims) != 1 or dims[0] == 0:
        found = {
            table.texts["dataset"][clips[i]]: int(dim) for dim, i in zip(dims, first, strict=True)
        }
        raise ValueError(
            f"{table.root}: found {member} dimensions {found} (0 = none), expected the same one "
            f"everywhere; keep one dataset (for a policy: finetune.dataset) or ask for no {member}s"
        )
    return int(dims[0])


def subset(values: NDArray[np.int64], count: int | None, *, seed: int) -> NDArray[np.int64]:
    """Return the first ``count`` of a seeded order, in their original order; nested in ``count``."""
    if count is None or count >= len(values):
        return values
    chosen = np.random.default_rng(seed).permutation(len(values))[:count]
    return values[np.sort(chosen)]
