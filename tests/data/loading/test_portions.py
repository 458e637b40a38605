"""Samples of a mixture: the shares hold in every epoch, nothing is drawn again before its turn."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from lapa.data.loading.loader import training_loader
from lapa.data.loading.order import SampleStream
from lapa.data.loading.pairs import PairDataset, open_pairs
from lapa.data.loading.portions import dealt
from lapa.records import PairSpec, ShardSet
from toys.mixtures import mixed, two_sets

SPEC = PairSpec(horizon_s=0.3)
WEIGHTS = ({"dataset": "few", "weight": 3.0}, {"dataset": "many", "weight": 1.0})


@pytest.fixture(scope="module")
def mixture(tmp_path_factory: pytest.TempPathFactory) -> ShardSet:
    folder = tmp_path_factory.mktemp("mixture")
    return mixed(two_sets(folder), folder / "mixture", *WEIGHTS, balance="equal")


def members(dataset: PairDataset, positions: np.ndarray) -> np.ndarray:
    return dataset.table.member[dataset.table.clips_of(dataset.slots[positions])]


@pytest.mark.parametrize("policy", ["all", "one_per_episode"])
def test_each_epoch_has_the_shares(mixture: ShardSet, policy: str) -> None:
    dataset = open_pairs(mixture, "train", SPEC.model_copy(update={"policy": policy}))
    stream = SampleStream(dataset, seed=5)
    length = dataset.samples_per_epoch
    for epoch in range(4):
        drawn = members(dataset, stream.take(epoch * length, (epoch + 1) * length))
        assert np.mean(drawn == 0) == pytest.approx(0.75, abs=0.01)


def test_a_sample_waits_for_all_others_of_its_member(mixture: ShardSet) -> None:
    dataset = open_pairs(mixture, "train", SPEC)
    for epochs in (1, 2, 3, 7):
        drawn = Counter(
            int(position) for epoch in range(epochs) for position in dataset.epoch_positions(epoch)
        )
        own = members(dataset, np.arange(len(dataset)))
        for member in (0, 1):
            times = [drawn[int(position)] for position in np.flatnonzero(own == member)]
            assert max(times) - min(times) <= 1


@pytest.mark.parametrize("world_size", [1, 3])
def test_training_resumes_at_the_next_sample(mixture: ShardSet, world_size: int) -> None:
    dataset = open_pairs(mixture, "train", SPEC)
    steps = 2 * len(dataset) // (4 * world_size) + 3

    def ids(start: int) -> list[list[int]]:
        return [
            batch["sample_id"].tolist()
            for rank in range(world_size)
            for batch in training_loader(
                dataset,
                batch_size=4,
                seed=1,
                max_steps=steps,
                start_step=start,
                rank=rank,
                world_size=world_size,
            )
        ]

    whole = np.reshape(ids(0), (world_size, steps, 4))
    for start in (1, steps // 2, steps - 1):
        np.testing.assert_array_equal(np.reshape(ids(start), (world_size, -1, 4)), whole[:, start:])


def test_a_cap_keeps_the_shares_and_is_nested(mixture: ShardSet) -> None:
    ten, twenty = (open_pairs(mixture, "train", SPEC, max_samples=n) for n in (12, 24))
    assert set(ten.slots) < set(twenty.slots)
    assert np.sum(members(ten, np.arange(len(ten))) == 0) == 9


def test_a_cap_beyond_a_member_goes_on_with_the_others(mixture: ShardSet) -> None:
    whole = open_pairs(mixture, "train", SPEC)
    capped = open_pairs(mixture, "train", SPEC, max_samples=len(whole) - 1)
    assert len(capped) == len(whole) - 1


def test_one_member_draws_as_a_set_of_its_own(tmp_path: Path) -> None:
    sets = two_sets(tmp_path)
    alone = mixed(sets, tmp_path / "mixture", {"dataset": "many"})
    mixed_pairs, own_pairs = (
        open_pairs(shards, "train", SPEC, max_samples=50) for shards in (alone, sets["many"])
    )
    np.testing.assert_array_equal(mixed_pairs.slots, own_pairs.slots)
    for epoch in (0, 1):
        np.testing.assert_array_equal(
            mixed_pairs.epoch_positions(epoch), own_pairs.epoch_positions(epoch)
        )


def test_whole_numbers_are_dealt_without_loss() -> None:
    assert dealt(10, np.array([0.26, 0.26, 0.48])).tolist() == [3, 2, 5]
    assert dealt(7, np.array([0.5, 0.5])).sum() == 7
