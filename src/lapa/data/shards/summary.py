"""What a shard set holds, one row per dataset and split: the table of `lapa inspect`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lapa.data.shards.clip_table import ClipTable, load_clip_table
from lapa.data.shards.layout import COLUMNS
from lapa.data.shards.reader import ClipReader
from lapa.data.statistics.moments import Moments
from lapa.records import RECORD, ShardSet


@dataclass(frozen=True, kw_only=True)
class ActionRange:
    """One action dimension, as stored."""

    name: str
    unit: str
    minimum: float
    maximum: float
    mean: float


@dataclass(frozen=True, kw_only=True)
class DatasetSummary:
    """One dataset of one split."""

    split: str
    dataset: str
    episodes: int
    clips: int
    frames: int
    hours: float
    fps: tuple[float, ...]
    environments: int
    instructions: int
    bytes: int
    """Member bytes, tar headers left out."""
    actions: tuple[ActionRange, ...]


def summarize(shard_set: ShardSet) -> list[DatasetSummary]:
    """Summarise every dataset of every split from the indices; only actions are read from tars."""
    rows = []
    for split in shard_set.splits:
        table = load_clip_table(shard_set, split)
        reader = ClipReader(table, image_size=shard_set.image_size)
        for code, name in enumerate(table.texts["dataset"].values):
            clips = np.flatnonzero(table.texts["dataset"].codes == code)
            rows.append(_summary(split, name, clips, reader))
    return rows


def _summary(split: str, name: str, clips: NDArray[np.int64], reader: ClipReader) -> DatasetSummary:
    table, numbers = reader.table, reader.table.numbers
    owned, fps = numbers["owned_frames"][clips], numbers["fps"][clips]
    sizes = [numbers[f"{member}_size"][clips] for member in COLUMNS.values()]
    return DatasetSummary(
        split=split,
        dataset=name,
        episodes=len(np.unique(table.episode[clips])),
        clips=len(clips),
        frames=int(owned.sum()),
        hours=float((owned / fps).sum() / 3600),
        fps=tuple(np.unique(fps).tolist()),
        environments=_distinct(table, "environment", clips),
        instructions=_distinct(table, "instruction", clips),
        bytes=int(np.sum(sizes)),
        actions=_action_ranges(reader, clips),
    )


def _distinct(table: ClipTable, column: str, clips: NDArray[np.int64]) -> int:
    texts = table.texts[column]
    return sum(bool(texts.values[code]) for code in np.unique(texts.codes[clips]))


def _action_ranges(reader: ClipReader, clips: NDArray[np.int64]) -> tuple[ActionRange, ...]:
    table = reader.table
    with_actions = clips[table.numbers["action_dim"][clips] > 0]
    if not len(with_actions):
        return ()
    owned = table.numbers["owned_frames"]
    # one clip's actions at a time: the table of a large set must not need its actions in memory
    values = (reader.array(int(clip), "actions")[: owned[clip]] for clip in with_actions)
    summary = Moments.of_chunks(values)
    described, dims = reader.facts(int(with_actions[0])), len(summary.mean)
    names = described["action_names"] or [f"action_{i}" for i in range(dims)]
    units = described["action_units"] or [""] * dims
    rows = (summary.minimum, summary.maximum, summary.mean)
    columns = (names, units, *(row.tolist() for row in rows))
    return tuple(
        ActionRange(name=name, unit=unit, minimum=minimum, maximum=maximum, mean=average)
        for name, unit, minimum, maximum, average in zip(*columns, strict=True)
    )


def find_shard_set(folder: Path) -> ShardSet:
    """Read the record of a shard set where it lies now, even if it was moved.

    Raises:
        FileNotFoundError: no finished shard set is there.
    """
    if not (folder / RECORD).is_file():
        holds = sorted(path.name for path in folder.iterdir())[:5] if folder.is_dir() else "nothing"
        raise FileNotFoundError(
            f"{folder} is no finished shard set: found {holds}, expected {RECORD}, which "
            "ingestion writes last; run ingestion again, it continues where it stopped"
        )
    return ShardSet.read(folder).model_copy(update={"path": str(folder)})
