"""Near-duplicates between train and the held-out splits, by perceptual hash."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from lapa.data.ingestion.near_hashes import NONE, Hashes, first_alike
from lapa.data.shards.index import read_index
from lapa.records import ShardSet

_LISTED = 100


def near_duplicates(shard_set: ShardSet, *, folder: Path, distance: int) -> dict[str, Any]:
    """Report held-out episodes that look like a training episode.

    Two clips look alike when the 64-bit DCT hashes of their first frames and of their middle
    frames both differ in at most ``distance`` bits. In a fixed scene this flags other
    recordings of the same scene too: read it as a list to look at, not as a verdict.
    """
    report: dict[str, Any] = {"distance": distance}
    train = _read(shard_set, folder, "train")
    for split in ("val", "test"):
        if split not in shard_set.splits:
            continue
        held_out = _read(shard_set, folder, split)
        alike = _matches(held_out, train, distance)
        report[split] = {
            "episodes": held_out.episodes(),
            "near_duplicates": len(alike),
            "examples": [
                {"episode": "/".join(a), "looks_like": "/".join(train.name(row))}
                for a, row in sorted(alike.items())[:_LISTED]
            ],
        }
    return report


Name = tuple[str, str]


@dataclass(frozen=True)
class _Clips:
    """Hashes of the clips of a split, ``uint64 (clip, 2)``, and whose clips they are."""

    names: pa.Table
    hashes: Hashes

    def name(self, row: int) -> Name:
        return self.names["dataset"][row].as_py(), self.names["episode_id"][row].as_py()

    def episodes(self) -> int:
        return int(self.names.group_by(["dataset", "episode_id"]).aggregate([]).num_rows)


def _read(shard_set: ShardSet, folder: Path, split: str) -> _Clips:
    schema = pa.schema([("dataset", pa.string()), ("episode_id", pa.string())])
    names, hashes = [schema.empty_table()], [np.empty((0, 2), np.uint64)]
    shards = shard_set.splits[split].shards if split in shard_set.splits else ()
    for shard in shards:
        table = read_index(folder / shard, columns=["dataset", "episode_id", "hashes"])
        flat = table["hashes"].combine_chunks().flatten().to_numpy()
        hashes.append(flat.reshape(-1, 2))
        names.append(table.select(["dataset", "episode_id"]).replace_schema_metadata())
    return _Clips(pa.concat_tables(names), np.concatenate(hashes))


def _matches(held_out: _Clips, train: _Clips, distance: int) -> dict[Name, int]:
    """Return for each held-out episode that looks like another one the first training clip."""
    first_clip: dict[Name, int] = {}
    alike = first_alike(held_out.hashes, train.hashes, distance)
    for row in np.flatnonzero(alike != NONE).tolist():
        first_clip.setdefault(held_out.name(row), int(alike[row]))
    return first_clip
