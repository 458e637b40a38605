"""Opening an index against reading the same columns; the order of an epoch against numpy's permutation."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from lapa.data.loading.order import SampleStream
from lapa.data.loading.pairs import open_pairs
from lapa.data.shards.index import SCHEMA, read_index
from lapa.records import PairSpec, ShardSet
from suite.made_index import make_index
from suite.rounds import in_turns
from suite.rows import Row, rate

SPEC = PairSpec(horizon_s=1.0)
COLUMNS = [
    name for name in SCHEMA.names if name not in ("thumbnails", "hashes") and "sha256" not in name
]


def measure(toy: bool, rounds: int) -> list[Row]:
    """Clips opened a second, positions ordered a second."""
    with tempfile.TemporaryDirectory(prefix="lapa-index-") as folder:
        shards = make_index(Path(folder), 300 if toy else 20_000)
        pairs = open_pairs(shards, "train", SPEC)
        ways = {
            "open": lambda: open_pairs(shards, "train", SPEC),
            "read": lambda: _read(shards),
            "order": lambda: SampleStream(pairs, seed=0).take(0, 64),
            "permute": lambda: np.random.default_rng(0).permutation(pairs.epoch_positions(0)),
        }
        spent = in_turns(ways, rounds)
    clips = shards.split("train").clips
    return [
        rate(f"{clips:,} clips opened", "clips", clips, spent["open"], limit="reading the files", by=spent["read"]),
        rate(f"an epoch of {len(pairs):,} pairs begun", "pairs", len(pairs), spent["order"], limit="numpy's permutation", by=spent["permute"]),
    ]  # fmt: skip


def _read(shards: ShardSet) -> None:
    for name in shards.split("train").shards:
        read_index(Path(shards.path) / name, columns=COLUMNS)
