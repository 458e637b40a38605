"""Near-duplicates between train and the held-out splits, by perceptual hash."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lapa.data.shards.index import read_index
from lapa.records import ShardSet

_ROWS = 256
"""Held-out clips compared at a time: bounds the size of the distance table."""
_LISTED = 100


def near_duplicates(shard_set: ShardSet, *, folder: Path, distance: int) -> dict[str, Any]:
    """Report held-out episodes that look like a training episode.

    Two clips look alike when the 64-bit DCT hashes of their first frames and of their middle
    frames both differ in at most ``distance`` bits. In a fixed scene this flags other
    recordings of the same scene too: read it as a list to look at, not as a verdict.
    """
    report: dict[str, Any] = {"distance": distance}
    train_names, train = _hashes(shard_set, folder, "train")
    for split in ("val", "test"):
        if split not in shard_set.splits:
            continue
        names, hashes = _hashes(shard_set, folder, split)
        found = _matches(names, hashes, train_names, train, distance)
        report[split] = {
            "episodes": len(set(names)),
            "near_duplicates": len(found),
            "examples": [
                {"episode": f"{a[0]}/{a[1]}", "looks_like": f"{b[0]}/{b[1]}"}
                for a, b in sorted(found.items())[:_LISTED]
            ],
        }
    return report


Name = tuple[str, str]


def _hashes(shard_set: ShardSet, folder: Path, split: str) -> tuple[list[Name], NDArray[np.uint64]]:
    names: list[Name] = []
    hashes = [np.empty((0, 2), np.uint64)]
    shards = shard_set.splits[split].shards if split in shard_set.splits else ()
    for shard in shards:
        table = read_index(folder / shard, columns=["dataset", "episode_id", "hashes"])
        names += zip(table["dataset"].to_pylist(), table["episode_id"].to_pylist(), strict=True)
        flat = table["hashes"].combine_chunks().flatten().to_numpy()
        hashes.append(flat.reshape(-1, 2))
    return names, np.concatenate(hashes)


def _matches(
    names: list[Name],
    hashes: NDArray[np.uint64],
    train_names: list[Name],
    train: NDArray[np.uint64],
    distance: int,
) -> dict[Name, Name]:
    found: dict[Name, Name] = {}
    if not len(train):
        return found
    for start in range(0, len(hashes), _ROWS):
        rows = hashes[start : start + _ROWS]
        first = np.bitwise_count(rows[:, None, 0] ^ train[None, :, 0]) <= distance
        middle = np.bitwise_count(rows[:, None, 1] ^ train[None, :, 1]) <= distance
        alike = first & middle
        for row in np.flatnonzero(alike.any(axis=1)):
            found.setdefault(names[start + row], train_names[int(alike[row].argmax())])
    return found
