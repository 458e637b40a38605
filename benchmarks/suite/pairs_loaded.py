"""The training loader against decoding the same number of JPEGs that lie in memory."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from loader import BATCH, decode_all, jpegs_of, ours
from textures import make_shards

from lapa.data.loading.pairs import open_pairs
from lapa.records import PairSpec
from suite.rounds import in_turns
from suite.rows import Row, rate


def measure(toy: bool, rounds: int) -> list[Row]:
    """Pairs a second without workers."""
    count, size, steps = (64, 64, 1) if toy else (1000, 256, 10)
    with tempfile.TemporaryDirectory(prefix="lapa-loaded-") as folder:
        shards = make_shards(Path(folder) / "shards", count, size, jpeg_subsampling="420")
        pairs = open_pairs(shards, "train", PairSpec(horizon_s=1.0))
        chosen = random.Random(0).choices(range(len(pairs)), k=steps * BATCH)
        jpegs = [jpegs_of(pairs, index) for index in chosen]
        ways = {
            "loader": lambda: list(ours(pairs, 0, steps, 0)),
            "decoding": lambda: decode_all(jpegs),
        }
        spent = in_turns(ways, rounds)
    case = f"pairs of {size} pixels, batches of {BATCH}"
    limit = "decoding JPEGs in memory"
    return [rate(case, "pairs", steps * BATCH, spent["loader"], limit=limit, by=spent["decoding"])]
