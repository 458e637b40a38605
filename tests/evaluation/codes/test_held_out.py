"""Held-out pairs are read batch by batch: memory does not grow with their number."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from lapa.evaluation.codes.held_out import open_held_out
from lapa.params.ingestion import SplitParams
from lapa.records import PairSpec, ShardSet
from toys.episodes import moving_square_episodes
from toys.shards import tiny_shard_set

SIZE = 96
FRAMES = 2 * 3 * SIZE * SIZE
"""Bytes of one pair."""


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> ShardSet:
    episodes = moving_square_episodes(24, 20, size=SIZE)
    folder: Path = tmp_path_factory.mktemp("large")
    return tiny_shard_set(folder, episodes=episodes, size=SIZE, split=SplitParams(val_fraction=0.8))


def test_only_one_batch_of_frames_is_in_memory(shards: ShardSet) -> None:
    spec = PairSpec(horizon_s=0.1)
    open_held_out(shards, "val", spec, max_samples=8, batch_size=4)  # imports and caches
    tracemalloc.start()
    pairs = open_held_out(shards, "val", spec, max_samples=1000, batch_size=4)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(pairs) > 300
    assert len(pairs) * FRAMES > 4 * 16 * FRAMES, "the frames of all pairs are far above the bound"
    assert peak < 16 * 4 * FRAMES
