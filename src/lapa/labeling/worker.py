"""One process's share of labelling: its shards through the frozen model, a file per finished shard."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.progress import track

from lapa.data.labels import write_sidecar
from lapa.data.loading.loader import evaluation_loader
from lapa.data.loading.pairs import PairDataset
from lapa.data.shards.clip_table import ClipTable, load_clip_table
from lapa.data.shards.pair_index import slots_where, valid_slots
from lapa.data.shards.reader import ClipReader
from lapa.labeling.coder import PairCoder
from lapa.params.labeling import LabelingParams
from lapa.records import PairSpec, ShardSet


@dataclass(frozen=True, kw_only=True)
class LabelTask:
    """One shard and its slots ``[first, end)`` within its split."""

    split: str
    shard: str
    first: int
    end: int


@dataclass(kw_only=True)
class Speed:
    """What labelling took."""

    pairs: int = 0
    seconds: float = 0.0
    waited: float = 0.0
    """Seconds in which the model had no batch."""


def plan_tasks(shard_set: ShardSet) -> list[LabelTask]:
    """All shards of all splits, in a fixed order."""
    return [
        LabelTask(split=split, shard=shard, first=first, end=end)
        for split in sorted(shard_set.splits)
        for shard, first, end in load_clip_table(shard_set, split).shard_slots()
    ]


def label_tasks(
    tasks: Sequence[LabelTask],
    *,
    shard_set: ShardSet,
    spec: PairSpec,
    coder: PairCoder,
    params: LabelingParams,
    folder: Path,
    show_progress: bool,
) -> Speed:
    """Label shards and write each file as soon as its last pair is done."""
    speed = Speed()
    begin = time.perf_counter()
    for split in sorted({task.split for task in tasks}):
        own = [task for task in tasks if task.split == split]
        table = load_clip_table(shard_set, split)
        dataset = _pairs_of(own, table, spec, shard_set.image_size)
        batches = _label(dataset, coder, params, speed)
        watched = track(
            batches,
            total=-(-len(dataset) // params.batch_size),
            description=f"labelling {split}",
            disable=not show_progress,
        )
        codes = np.zeros((table.num_slots, coder.code_seq_len), np.int16)
        _write_as_they_finish(watched, own, codes, valid_slots(table, spec), folder)
    speed.seconds = time.perf_counter() - begin
    return speed


def _pairs_of(
    tasks: Sequence[LabelTask], table: ClipTable, spec: PairSpec, image_size: int
) -> PairDataset:
    """Every valid pair of these shards, in slot order; the motion filter acts on reading alone."""
    valid = slots_where(valid_slots(table, spec))
    borders = np.array([(task.first, task.end) for task in tasks], valid.dtype)
    chosen = [valid[begin:end] for begin, end in np.searchsorted(valid, borders)]
    return PairDataset(
        reader=ClipReader(table, image_size=image_size),
        slots=np.concatenate(chosen),
        spec=spec.model_copy(update={"policy": "all"}),
        pair_counts={},
        with_actions=False,
        with_states=False,
    )


def _label(
    dataset: PairDataset, coder: PairCoder, params: LabelingParams, speed: Speed
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int16]]]:
    """Yield ``(slots, codes)`` of every batch, in slot order."""
    loader = evaluation_loader(
        dataset, batch_size=params.batch_size, num_workers=params.num_workers
    )
    asked = time.perf_counter()
    for batch in loader:
        speed.waited += time.perf_counter() - asked
        codes = coder.codes(batch["frames"]).cpu().numpy().astype(np.int16)
        speed.pairs += len(codes)
        yield batch["sample_id"].numpy(), codes
        asked = time.perf_counter()


def _write_as_they_finish(
    labeled: Iterable[tuple[NDArray[np.int64], NDArray[np.int16]]],
    tasks: Sequence[LabelTask],
    codes: NDArray[np.int16],
    valid: NDArray[np.bool_],
    folder: Path,
) -> None:
    """Collect into ``codes (slot, code)``; write a shard's file once a later pair arrives."""
    waiting = list(tasks)
    for slots, values in labeled:
        codes[slots] = values
        while waiting and slots[-1] >= waiting[0].end:
            _write(waiting.pop(0), codes, valid, folder)
    for task in waiting:
        _write(task, codes, valid, folder)


def _write(
    task: LabelTask, codes: NDArray[np.int16], valid: NDArray[np.bool_], folder: Path
) -> None:
    own = slice(task.first, task.end)
    write_sidecar(folder, task.shard, codes[own], valid[own])
