"""Frame pairs (t, t+H) of a split as a map-style dataset: only the two frames are decoded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lapa.data.loading.paired import PairedDataset
from lapa.data.loading.requirements import require_horizon, require_one_dimension
from lapa.data.loading.slots import subset
from lapa.data.loading.turns import subset_in_turns
from lapa.data.shards.clip_table import ClipTable, Slots, load_clip_table
from lapa.data.shards.pair_counts import count_pairs
from lapa.data.shards.pair_index import Where, clip_offsets, longest_recording, select_pairs
from lapa.data.shards.reader import ClipReader
from lapa.data.statistics.action_motion import ActionMotion, motion_of
from lapa.records import PairColumn, PairCounts, PairSpec, ShardSet

ReadArray = Callable[[Literal["actions", "states"]], NDArray[np.float32]]


class PairDataset(PairedDataset):
    """Items are `PairBatch` rows: ``frames uint8 (2, height, width, 3)`` and ``sample_id``."""

    images_per_sample = (2,)

    def __init__(
        self,
        *,
        reader: ClipReader,
        slots: Slots,
        spec: PairSpec,
        pair_counts: Mapping[str, PairCounts],
        with_actions: bool,
        with_states: bool,
        motions: Mapping[str, ActionMotion] | None = None,
    ) -> None:
        super().__init__(reader=reader, slots=slots, spec=spec, pair_counts=pair_counts)
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

    def all_motions(self) -> NDArray[np.float32]:
        """Return what was done over H in every pair, ``float32 (sample, action_dim)``, no image read."""
        motions: list[NDArray[np.float32]] = []
        clips, first = np.unique(self._clips, return_index=True)
        for clip, start, stop in zip(clips, first, [*first[1:], len(self)], strict=True):
            actions = self.reader.array(int(clip), "actions")
            motions += [self.motion(index, actions) for index in range(start, stop)]
        return np.stack(motions)

    def of_episodes(self, episodes: NDArray[np.int64]) -> PairDataset:
        """The pairs of these episodes alone (numbers of the clip table)."""
        return self._only(self.slots[np.isin(self.table.episode[self._clips], episodes)])

    def first(self, count: int | None, *, seed: int) -> PairDataset:
        """The first ``count`` pairs of a seeded order (nested: 10 holds 5); None takes all."""
        return self._only(subset(self.slots, count, seed=seed, table=self.table))

    def _only(self, slots: Slots) -> PairDataset:
        return PairDataset(
            reader=self.reader,
            slots=slots,
            spec=self.spec,
            pair_counts=self.pair_counts,
            with_actions=self._with_actions,
            with_states=self._with_states,
            motions=self._motions,
        )

    def read_into(self, images: NDArray[np.uint8], index: int) -> dict[str, Any]:
        """Decode frames t and t+H, nothing else."""
        clip, frame = self.position_of(index)
        offset = self.offset(index)
        self.reader.decode_into(images[0], clip, frame)
        self.reader.decode_into(images[1], clip, frame + offset)
        return self.rest(index, partial(self.reader.array, clip))

    def rest(self, index: int, array: ReadArray) -> dict[str, Any]:
        """Return what of a sample is no picture, given how to read the arrays of its clip."""
        item: dict[str, Any] = {"sample_id": self.sample_id(index)}
        if self._with_actions:
            item["actions"] = self.motion(index, array("actions"))
        if self._with_states:
            item["states"] = array("states")[self.position_of(index)[1]]
        return item


def open_pairs(
    shard_set: ShardSet,
    split: str,
    spec: PairSpec,
    *,
    max_samples: int | None = None,
    in_turns: bool = False,
    with_actions: bool = False,
    with_states: bool = False,
    datasets: Sequence[str] | None = None,
    where: Where | None = None,
) -> PairDataset:
    """Open the pairs of a split.

    Args:
        shard_set: the clips.
        split: its name.
        spec: what a pair is.
        max_samples: keep the first of an order seeded by ``spec.seed`` (nested: 10 holds 5).
        in_turns: let the datasets take turns in that order, whatever their shares: every one is measured.
        with_actions: add what was done over H, ``float32 (action_dim,)``: differences summed, targets
            subtracted (`lapa.data.statistics.action_motion`).
        with_states: add the state at t.
        datasets: keep only these datasets; None keeps all.
        where: keep only what has one of these texts in each of these columns.

    Raises:
        ValueError: the horizon is longer than the clips overlap, or no pair is left, or a clip
            has no actions (states) though they were asked for.
    """
    table = load_clip_table(shard_set, split)
    require_horizon(shard_set, spec)
    chosen: dict[PairColumn, Sequence[str]] = dict(where or {})
    if datasets is not None:
        chosen["dataset"] = datasets
    slots, counts = select_pairs(table, spec, where=chosen)
    if not len(slots):
        raise ValueError(
            f"split {split!r} of {shard_set.path} holds no pair for {spec!r}{_in_words(chosen)}: {counts}; "
            f"{longest_recording(table, spec)}; expected at least one pair: lower `horizon_s` or "
            "`min_motion`, or ingest longer episodes, or at their true rate (`fps_override`, `fps`)"
        )
    for wanted, member in ((with_actions, "action"), (with_states, "state")):
        if wanted:
            require_one_dimension(table, table.clips_of(slots), member)
    choose = subset_in_turns if in_turns else subset
    return PairDataset(
        reader=ClipReader(table, image_size=shard_set.image_size),
        slots=choose(slots, max_samples, seed=spec.seed, table=table),
        spec=spec,
        pair_counts=count_pairs(table, spec, slots, where=chosen),
        with_actions=with_actions,
        with_states=with_states,
        motions=_motions(shard_set, table),
    )


def _in_words(where: Where) -> str:
    return "".join(f", {column} {list(texts)}" for column, texts in where.items())


def _motions(shard_set: ShardSet, table: ClipTable) -> dict[str, ActionMotion]:
    """How the actions of every dataset of the split become motion."""
    names, dims = table.texts["dataset"], table.numbers["action_dim"]
    return {
        name: motion_of(shard_set.datasets.get(name), int(dims[names.codes == code].max()))
        for code, name in enumerate(names.values)
    }
