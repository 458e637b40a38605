"""Near-duplicates by bands against as many sorts, and against comparing everything with everything."""

from __future__ import annotations

import numpy as np

from lapa.data.ingestion.near_hashes import Hashes, first_alike
from lapa.params.ingestion import IngestionParams
from suite.rounds import in_turns
from suite.rows import Row, figure, rate

DISTANCE = IngestionParams(max_horizon_s=1.0).duplicate_distance


def measure(toy: bool, rounds: int) -> list[Row]:
    """Clips a second, a tenth of them held out; all pairs by a part of them."""
    clips = 2_000 if toy else 100_000
    held_out, train = made_hashes(clips)
    some = held_out[: 20 if toy else 100]
    ways = {
        "bands": lambda: first_alike(held_out, train, DISTANCE),
        "sorts": lambda: [
            np.argsort(train[:, 0] ^ train[:, 1]) for _ in range((DISTANCE + 1) ** 2)
        ],
        "all pairs": lambda: [_first(query, train) for query in some],
    }
    spent = in_turns(ways, rounds)
    assert first_alike(some, train, DISTANCE).tolist() == [_first(query, train) for query in some]
    share = len(held_out) / len(some)
    return [
        rate(f"{clips:,} clips", "clips", clips, spent["bands"], limit=f"{(DISTANCE + 1) ** 2} sorts of their hashes", by=spent["sorts"]),
        figure("the same", "CPU-s", *(one.processor for one in spent["bands"])),
        figure("the same by all pairs, from a part of them", "CPU-s", *(share * one.processor for one in spent["all pairs"])),
    ]  # fmt: skip


def made_hashes(clips: int, seed: int = 0) -> tuple[Hashes, Hashes]:
    """Hashes of held-out and of training clips, ``uint64 (clip, 2)``: scenes of about twenty clips, a few bits apart."""
    random = np.random.default_rng(seed)
    scenes = random.integers(0, 2**64, (max(clips // 20, 1), 2), dtype=np.uint64)
    hashes = scenes[random.integers(0, len(scenes), clips)]
    for _ in range(4):
        bits = np.uint64(1) << random.integers(0, 64, hashes.shape).astype(np.uint64)
        hashes = hashes ^ bits
    return hashes[: clips // 10], hashes[clips // 10 :]


def _first(query: Hashes, known: Hashes) -> int:
    near = (np.bitwise_count(known ^ query) <= DISTANCE).all(axis=1)
    return int(near.argmax()) if near.any() else -1
