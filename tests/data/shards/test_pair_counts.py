"""Frames are counted dataset by dataset, and a stage says in its log what it reads."""

from __future__ import annotations

import logging

import pytest

from lapa.data.loading.pairs import open_pairs
from lapa.data.shards.clip_table import load_clip_table
from lapa.data.shards.pair_counts import count_pairs, log_pairs
from lapa.data.shards.pair_index import select_pairs
from lapa.records import PairCounts, PairSpec, ShardSet, total_pairs
from toys.shards import tiny_shard_set

ONE = PairCounts(frames=10, tail=3, short_episodes=1, static=2, pairs=5)


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> ShardSet:
    return tiny_shard_set(tmp_path_factory.mktemp("shards"))


@pytest.mark.parametrize(
    "spec", [PairSpec(horizon_s=0.3), PairSpec(horizon_s=0.1, min_motion=1e-3)]
)
def test_datasets_add_up_to_what_the_selection_counts(shards: ShardSet, spec: PairSpec) -> None:
    table = load_clip_table(shards, "train")
    kept, counts = select_pairs(table, spec)
    by_dataset = count_pairs(table, spec, kept)
    assert set(by_dataset) == set(table.texts["dataset"].values)
    assert total_pairs(by_dataset).model_dump() == counts
    assert counts["static"] == 0 or spec.min_motion > 0
    assert open_pairs(shards, "train", spec, max_samples=2).counts == counts


def test_a_log_line_per_split_and_one_per_dataset_of_several(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO):
        log_pairs("laq", "train", {"a": ONE}, used=4)
        log_pairs("labels", "val", {"a": ONE, "b": ONE})
    said = [record.getMessage() for record in caplog.records]
    own = "10 frames, 3 without a t+H (tail), 2 static (dropped), 1 episodes not longer than H, 5 pairs"
    assert said[0] == f"laq, train: {own}, 4 used"
    assert said[1].startswith("labels, val: 20 frames, 6 without")
    assert said[2:] == [f"labels, val, a: {own}", f"labels, val, b: {own}"]
