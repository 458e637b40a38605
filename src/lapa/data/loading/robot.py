"""Frame t, its instruction and the real actions that follow: what a policy is finetuned on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lapa.data.labels import load_member_codes
from lapa.data.loading.in_turn import in_turn
from lapa.data.loading.labeled_datasets import clips_with_actions, labeled_datasets
from lapa.data.loading.requirements import (
    require_horizon,
    require_one_dimension,
    require_same_horizon,
)
from lapa.data.loading.slots import SlotDataset, subset
from lapa.data.shards.clip_table import ClipTable, Slots, load_clip_table
from lapa.data.shards.pair_index import clips_where, slots_where
from lapa.data.shards.reader import ClipReader
from lapa.records import LabelSet, PairSpec, ShardSet

NO_LABEL = -100
"""Codes of a tail frame, which has no t+H: what `torch.nn.functional.cross_entropy` ignores."""


class RobotDataset(SlotDataset):
    """Items are `RobotBatch` rows: the actions of frames ``t .. t + chunk - 1``.

    Beyond the end of the episode actions are 0 and ``action_mask`` is False. Every frame of a
    chosen episode is a sample, the last ones included: there the policy must learn to end.
    """

    def __init__(
        self,
        *,
        reader: ClipReader,
        slots: Slots,
        chunk: int,
        action_dim: int,
        with_states: bool,
        codes: NDArray[np.int16] | None,
        datasets: Sequence[str] = (),
    ) -> None:
        super().__init__(reader=reader, slots=slots)
        self.datasets = tuple(datasets)
        """Names of the datasets that may be sampled."""
        self.chunk = chunk
        self.action_dim = action_dim
        self.with_states = with_states
        self._codes = codes

    def first(self, count: int | None, *, seed: int) -> RobotDataset:
        """The first ``count`` samples of a seeded order (nested: 10 holds 5); None takes all."""
        return RobotDataset(
            reader=self.reader,
            slots=subset(self.slots, count, seed=seed, table=self.table),
            chunk=self.chunk,
            action_dim=self.action_dim,
            with_states=self.with_states,
            codes=self._codes,
            datasets=self.datasets,
        )

    def read_into(self, images: NDArray[np.uint8], index: int) -> dict[str, Any]:
        """Decode frame t and read the actions that follow."""
        clip, frame = self.position_of(index)
        self.reader.decode_into(images, clip, frame)
        actions, mask = self.actions_from(index)
        item: dict[str, Any] = {
            "instructions": self.table.texts["instruction"][clip],
            "actions": actions,
            "action_mask": mask,
            "sample_id": self.sample_id(index),
        }
        if self.with_states:
            item["states"] = self.reader.array(clip, "states")[frame]
        if self._codes is not None:
            item["latent_codes"] = self._codes[self.slots[index]].astype(np.int64)
        return item

    def actions_from(self, index: int) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Return ``actions float32 (chunk, action_dim)`` and ``mask bool (chunk,)``, no image read."""
        clip, frame = self.position_of(index)
        starts, episodes = self.table.numbers["start_frame"], self.table.episode
        actions = np.zeros((self.chunk, self.action_dim), np.float32)
        first, filled = int(starts[clip]) + frame, 0
        for later in range(clip, len(self.table)):
            if filled == self.chunk or episodes[later] != episodes[clip]:
                break
            rows = self.reader.array(later, "actions")[first + filled - int(starts[later]) :]
            rows = rows[: self.chunk - filled]
            actions[filled : filled + len(rows)] = rows
            filled += len(rows)
        return actions, np.arange(self.chunk) < filled

    def action_before(self, index: int) -> NDArray[np.float32] | None:
        """Return the action of the frame before, ``float32 (action_dim,)``; None where a recording begins."""
        clip, frame = self.position_of(index)
        starts, episodes = self.table.numbers["start_frame"], self.table.episode
        before = int(starts[clip]) + frame - 1
        if frame == 0:
            clip -= 1
            if clip < 0 or episodes[clip] != episodes[clip + 1]:
                return None
        row: NDArray[np.float32] = self.reader.array(clip, "actions")[before - int(starts[clip])]
        return row

    def all_actions(self) -> NDArray[np.float32]:
        """Return the action of every sample, ``float32 (sample, action_dim)``: for statistics."""
        out = np.empty((len(self), self.action_dim), np.float32)
        clips, first = np.unique(self._clips, return_index=True)
        for clip, start, stop in zip(clips, first, [*first[1:], len(self)], strict=True):
            frames = self.slots[start:stop] - self.table.slot_start[clip]
            out[start:stop] = self.reader.array(int(clip), "actions")[frames]
        return out


def open_robot(
    shard_set: ShardSet,
    split: str,
    *,
    chunk: int,
    pair_spec: PairSpec,
    max_episodes: int | None,
    seed: int,
    labels: LabelSet | None = None,
    mixture: ShardSet | None = None,
    with_states: bool = False,
    datasets: Sequence[str] | None = None,
    balanced: bool = False,
) -> RobotDataset:
    """Open the labelled robot frames of a split.

    Args:
        shard_set: clips with actions.
        split: its name.
        chunk: actions per sample, in frames.
        pair_spec: the pair spec of the pretrained model; its horizon must be that of ``labels``.
        max_episodes: keep a seeded subset of episodes; nested, so 5 are among the 10. All of them where
            there are fewer.
        seed: of that subset.
        labels: adds ``latent_codes``; tail frames, which have none, hold `NO_LABEL`.
        mixture: what was labelled, where that is more than ``shard_set``.
        with_states: adds ``state``.
        datasets: keep only these datasets; None keeps all with actions, which must agree in them.
            Action-free clips never take part.
        balanced: the instructions have their turns in the order of which ``max_episodes`` is the beginning.

    Raises:
        ValueError: no actions, differing dimensions, or labels of another horizon or shard set.
    """
    require_horizon(shard_set, pair_spec)
    table = load_clip_table(shard_set, split)
    episodes = chosen_episodes(table, max_episodes, seed=seed, datasets=datasets, balanced=balanced)
    slots = _slots_of(table, episodes)
    if not len(slots):
        raise ValueError(_no_actions(table, split, datasets))
    clips = table.clips_of(slots)
    action_dim = require_one_dimension(table, clips, "action")
    if with_states:
        require_one_dimension(table, clips, "state")
    codes = None
    if labels is not None:
        require_same_horizon(labels, pair_spec)
        known, valid = load_member_codes(shard_set, labels, split, table=table, mixture=mixture)
        codes = np.where(valid[:, None], known, np.int16(NO_LABEL))
    return RobotDataset(
        reader=ClipReader(table, image_size=shard_set.image_size),
        slots=slots,
        chunk=chunk,
        action_dim=action_dim,
        with_states=with_states,
        codes=codes,
        datasets=datasets or [dataset.name for dataset in labeled_datasets(table)],
    )


def chosen_episodes(
    table: ClipTable,
    count: int | None,
    *,
    seed: int,
    datasets: Sequence[str] | None = None,
    balanced: bool = False,
) -> NDArray[np.int64]:
    """Return the numbers of the first ``count`` episodes of a seeded order, ascending.

    Episodes without actions do not count; all are returned where there are fewer than ``count``. With
    ``balanced`` the order takes an episode of every instruction, then a second of each, and so on.
    """
    known = set(table.texts["dataset"].values)
    held = known if datasets is None else known & set(datasets)
    clips = np.flatnonzero(
        clips_where(table, {"dataset": sorted(held)}) & clips_with_actions(table)
    )
    available, first = np.unique(table.episode[clips], return_index=True)
    order = np.random.default_rng(seed).permutation(len(available))
    if balanced:
        order = in_turn(order, table.texts["instruction"].codes[clips[first]])
    return np.sort(available[order[:count]])


def _no_actions(table: ClipTable, split: str, datasets: Sequence[str] | None) -> str:
    names, dims = table.texts["dataset"], table.numbers["action_dim"]
    dims_by_dataset = {
        name: int(dims[names.codes == code].max()) for code, name in enumerate(names.values)
    }
    asked = "an episode with actions" if datasets is None else f"one of {sorted(datasets)}"
    return (
        f"{table.root}: split {split!r} has the action dimensions {dims_by_dataset} (0 = none), expected {asked}; "
        "ingest a source with actions, or hold out more of it (ingestion.split.val_fraction)"
    )


def _slots_of(table: ClipTable, episodes: NDArray[np.int64]) -> Slots:
    chosen = np.isin(table.episode, episodes)
    return slots_where(np.repeat(chosen, table.numbers["owned_frames"]))
