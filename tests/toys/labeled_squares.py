"""A learnable stage-2 problem: the code says which way the named square lies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from lapa.data.labels import finish_labels, write_sidecar
from lapa.data.shards.clip_table import load_clip_table
from lapa.data.shards.pair_index import valid_slots
from lapa.data.shards.reader import ClipReader
from lapa.records import LabelSet, PairSpec, ShardSet
from toys.shards import tiny_shard_set

SPEC = PairSpec(horizon_s=0.1)
K, S = 4, 2
LabeledSquares = tuple[ShardSet, LabelSet]


def labeled_squares(folder: Path, *, n: int = 10, **params: Any) -> LabeledSquares:
    """Shards of moving squares; code 0 is the square's column, code 1 its row (four each)."""
    shards = tiny_shard_set(folder, n=n, frames=9, size=16, **params)
    labels = folder / "labels"
    digests = {}
    for split in shards.splits:
        table = load_clip_table(shards, split)
        reader = ClipReader(table, image_size=16)
        valid = valid_slots(table, SPEC)
        slots = np.arange(table.num_slots)
        clips = table.clips_of(slots)
        frames = slots - table.slot_start[clips]
        codes = np.stack(
            [_codes(reader.frames(c, [f])[0]) for c, f in zip(clips, frames, strict=True)]
        )
        for shard, first, end in table.shard_slots():
            digests[shard] = write_sidecar(labels, shard, codes[first:end], valid[first:end])
    record = finish_labels(
        labels,
        shard_set=shards,
        digests=digests,
        inputs={"laq": "laq-a", "codebook": "codebook-a"},
        codebook_size=K,
        code_seq_len=S,
        pair_spec=SPEC,
    )
    return shards, record


def _codes(image: np.ndarray) -> np.ndarray:
    """Quarter of the width and height in which the coloured square begins."""
    rows, columns = np.nonzero(np.abs(image.astype(int) - 96).sum(-1) > 60)
    return np.clip(np.array([columns.min(), rows.min()]) // 4, 0, K - 1).astype(np.int16)
