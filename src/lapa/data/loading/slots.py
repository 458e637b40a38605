"""Samples that are named by their slot, an owned frame: what every dataset of a loader shares."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lapa.data.loading.order import Positions
from lapa.data.loading.portions import portions_of
from lapa.data.loading.turns import subset_by_share
from lapa.data.shards.clip_table import ClipTable, Slots
from lapa.data.shards.reader import ClipReader


class SlotDataset(ABC):
    """Samples identified by slots (owned frames); what training and evaluation loaders read.

    ``sample_id`` is the slot: it depends on the shard set alone, and it is the row of a label.
    A subclass says how one sample is read.
    """

    images_per_sample: tuple[int, ...] = ()
    """Leading dimensions of a sample's images."""

    def __init__(
        self,
        *,
        reader: ClipReader,
        slots: Slots,
        one_per_episode: bool = False,
        seed: int = 0,
    ) -> None:
        self.reader = reader
        self.slots = slots
        self._clips = reader.table.clips_of(slots)
        self._one_per_episode = one_per_episode
        self._seed = seed
        episodes = reader.table.episode[self._clips]
        starts = np.flatnonzero(episodes[1:] != episodes[:-1]) + 1
        ends = np.array([len(slots)] if len(slots) else [], np.int64)
        self._episode_start = np.concatenate([[0], starts, ends])
        units = self._clips[self._episode_start[:-1]] if one_per_episode else self._clips
        self._portions = portions_of(reader.table, units, seed=seed)

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
        return {"frames": images, **self.read_into(images, index)}

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

    def epoch_positions(self, epoch: int) -> Positions:
        """Return what an epoch draws, in storage order: everything, or one sample per episode.

        Of a mixture it draws each member's share; a sample that is drawn twice stands there twice.
        """
        units = (
            self._one_of_each(epoch)
            if self._one_per_episode
            else np.arange(len(self), dtype=self.slots.dtype)
        )
        return units if self._portions is None else units[self._portions.draw(epoch)]

    def _one_of_each(self, epoch: int) -> NDArray[np.int64]:
        """One random sample of every episode."""
        random = np.random.default_rng([self._seed, epoch]).random(self.num_episodes)
        counts = np.diff(self._episode_start)
        return np.asarray(self._episode_start[:-1] + np.floor(random * counts), dtype=np.int64)

    def position_of(self, index: int) -> tuple[int, int]:
        """Return ``(clip, frame inside the clip)`` of a sample."""
        clip = int(self._clips[index])
        return clip, int(self.slots[index]) - int(self.table.slot_start[clip])

    def sample_id(self, index: int) -> np.int64:
        """Return the slot of a sample."""
        return np.int64(self.slots[index])

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


def subset(slots: Slots, count: int | None, *, seed: int, table: ClipTable) -> Slots:
    """Return the first ``count`` of a seeded order, in their original order; nested in ``count``.

    Of a mixture the order takes its members by their shares.
    """
    if count is None or count >= len(slots):
        return slots
    if len(table.shares) > 1:
        members = table.member[table.clips_of(slots)]
        return slots[subset_by_share(table.shares, members, count, seed=seed)]
    chosen = np.random.default_rng(seed).permutation(len(slots))[:count]
    return slots[np.sort(chosen)]
