"""The control of the codes' meaning: same codes, same histogram, other pairs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lapa.data.labels import load_codes
from lapa.data.shards.clip_table import TextColumn, load_clip_table
from lapa.labeling.permute import permute_labels, permuted_codes
from lapa.records import LabelSet, ShardSet
from toys.labeled_squares import labeled_squares


@pytest.fixture(scope="module")
def squares(tmp_path_factory: pytest.TempPathFactory) -> tuple[ShardSet, LabelSet]:
    return labeled_squares(tmp_path_factory.mktemp("squares"))


def test_codes_change_places_and_nothing_else(
    squares: tuple[ShardSet, LabelSet], tmp_path: Path
) -> None:
    shards, labels = squares
    permuted = permute_labels(shards=shards, labels=labels, seed=0, work=tmp_path)
    assert permuted.histogram == labels.histogram
    assert permuted.valid_pairs == labels.valid_pairs
    assert (permuted.made_by, permuted.laq_digest) == ("permutation", labels.laq_digest)
    assert permuted.inputs["labels"] == labels.digest
    for split in shards.splits:
        before, valid = load_codes(shards, labels, split)
        after, still_valid = load_codes(shards, permuted, split)
        assert np.array_equal(valid, still_valid)
        assert sorted(map(tuple, before[valid])) == sorted(map(tuple, after[valid]))
        moved = (before[valid] != after[valid]).any(axis=1).mean()
        assert moved > 0.5, f"most pairs of {split} have another pair's codes"


def test_the_seed_decides(squares: tuple[ShardSet, LabelSet], tmp_path: Path) -> None:
    shards, labels = squares
    digests = [
        permute_labels(shards=shards, labels=labels, seed=seed, work=tmp_path / name).digest
        for name, seed in (("a", 0), ("b", 0), ("c", 1))
    ]
    assert digests[0] == digests[1] != digests[2]


def test_codes_stay_in_their_dataset(
    squares: tuple[ShardSet, LabelSet],
) -> None:
    """Every other clip belongs to a second dataset, which uses what it used."""
    shards, labels = squares
    table = load_clip_table(shards, "train")
    second = (np.arange(len(table)) % 2).astype(np.int32)
    table.texts["dataset"] = TextColumn(("one", "two"), second)
    before, valid = load_codes(shards, labels, "train")
    after = permuted_codes(before, valid, table, seed=[0])
    of_slot = np.repeat(second, table.numbers["owned_frames"])
    assert not np.array_equal(before, after)
    for dataset in (0, 1):
        own = valid & (of_slot == dataset)
        assert sorted(map(tuple, before[own])) == sorted(map(tuple, after[own]))
