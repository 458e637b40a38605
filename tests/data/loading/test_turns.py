"""Datasets take turns among the measured samples."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from lapa.data.ingest import ingest_inputs
from lapa.data.loading.slots import subset
from lapa.data.loading.turns import subset_in_turns
from lapa.data.shards.clip_table import ClipTable, load_clip_table
from lapa.params.ingestion import IngestionParams, SplitParams
from toys.episodes import moving_square_episodes
from toys.shards import as_input


def _table(folder: Path, *counts: int) -> ClipTable:
    inputs = [
        as_input(moving_square_episodes(count, 10, size=16, seed=i, source=f"d{i}"))
        for i, count in enumerate(counts)
    ]
    params = IngestionParams(
        image_size=16,
        max_horizon_s=0.3,
        clip_frames=8,
        max_samples_per_shard=6,
        split=SplitParams(val_fraction=0),
    )
    return load_clip_table(ingest_inputs(inputs, params=params, out=folder / "shards"), "train")


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> ClipTable:
    return _table(tmp_path_factory.mktemp("three"), 12, 3, 1)


def _counts(table: ClipTable, slots: np.ndarray) -> Counter[str]:
    return Counter(table.texts["dataset"][clip] for clip in table.clips_of(slots))


def test_every_dataset_gives_as_many_until_it_has_no_more(table: ClipTable) -> None:
    slots = np.arange(table.num_slots)
    assert _counts(table, subset_in_turns(slots, 15, seed=0, table=table)) == dict.fromkeys(
        ("d0", "d1", "d2"), 5
    )
    chosen = subset_in_turns(slots, 90, seed=0, table=table)
    assert _counts(table, chosen) == {"d0": 50, "d1": 30, "d2": 10}
    assert (np.diff(chosen) > 0).all()


def test_fewer_are_among_more(table: ClipTable) -> None:
    slots = np.arange(table.num_slots)
    few, more = (subset_in_turns(slots, n, seed=3, table=table) for n in (20, 60))
    assert set(few) < set(more)
    assert len(subset_in_turns(slots, 10_000, seed=3, table=table)) == len(slots)


def test_of_one_dataset_it_is_the_choice_without_turns(tmp_path: Path) -> None:
    one = _table(tmp_path, 5)
    slots = np.arange(one.num_slots)[::2]
    for count in (1, 7, 20):
        np.testing.assert_array_equal(
            subset_in_turns(slots, count, seed=4, table=one),
            subset(slots, count, seed=4, table=one),
        )
