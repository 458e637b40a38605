"""Real DataLoaders: exactly once over ranks and workers with uneven shards, exact resume."""

from __future__ import annotations

from itertools import chain
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader, Subset

from lapa.data.loading.loader import collate, evaluation_loader, training_loader
from lapa.data.loading.pairs import PairDataset, open_pairs
from lapa.params.ingestion import SplitParams
from lapa.records import PairSpec
from toys.episodes import moving_square_episodes
from toys.shards import tiny_shard_set

pytestmark = pytest.mark.filterwarnings("ignore:This DataLoader will create")


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> PairDataset:
    episodes = moving_square_episodes(7, [5, 21, 3, 9, 30, 2, 13], size=16)
    shard_set = tiny_shard_set(
        tmp_path_factory.mktemp("seven"),
        episodes=episodes,
        size=16,
        max_samples_per_shard=1,
        split=SplitParams(val_fraction=0),
    )
    assert len(shard_set.split("train").shards) == 7
    return open_pairs(shard_set, "train", PairSpec(horizon_s=0.1))


def _ids(loader: DataLoader[dict[str, Any]]) -> list[list[int]]:
    return [batch["sample_id"].tolist() for batch in loader]


@pytest.mark.parametrize("workers", range(4))
@pytest.mark.parametrize("world_size", [1, 8])
def test_one_epoch_over_ranks_and_workers(
    pairs: PairDataset, world_size: int, workers: int
) -> None:
    ranks = range(world_size) if workers == 0 else {0, world_size - 1}
    steps = 4
    for rank in ranks:
        loader = training_loader(
            pairs,
            batch_size=2,
            seed=5,
            max_steps=steps,
            rank=rank,
            world_size=world_size,
            num_workers=workers,
        )
        plain = training_loader(
            pairs, batch_size=2, seed=5, max_steps=steps, rank=rank, world_size=world_size
        )
        assert _ids(loader) == [pairs.slots[batch].tolist() for batch in plain.batch_sampler]
    shares = [
        _ids(evaluation_loader(pairs, batch_size=4, rank=rank, world_size=world_size))
        for rank in range(world_size)
    ]
    seen = chain.from_iterable(chain.from_iterable(shares))
    assert sorted(seen) == pairs.slots.tolist()


def test_an_epoch_holds_every_pair_once_with_workers(pairs: PairDataset) -> None:
    assert len(pairs) == 76
    ids = _ids(training_loader(pairs, batch_size=4, seed=0, max_steps=19, num_workers=3))
    assert sorted(chain.from_iterable(ids)) == pairs.slots.tolist()


@pytest.mark.parametrize(("before", "after"), [(0, 2), (2, 1)])
def test_resume_with_other_workers_gives_the_same_pixels(
    pairs: PairDataset, before: int, after: int
) -> None:
    whole = list(training_loader(pairs, batch_size=8, seed=1, max_steps=14, num_workers=before))
    for start in (5, 10):
        rest = list(
            training_loader(
                pairs, batch_size=8, seed=1, max_steps=14, start_step=start, num_workers=after
            )
        )
        assert len(rest) == 14 - start
        for one, other in zip(whole[start:], rest, strict=True):
            assert one["sample_id"].tolist() == other["sample_id"].tolist()
            assert torch.equal(one["frames"], other["frames"])
            assert one["frames"].dtype == torch.uint8


@pytest.mark.parametrize("workers", [0, 1])
def test_any_map_style_dataset_will_do(pairs: PairDataset, workers: int) -> None:
    chosen = [5, 2, 9]
    loader = evaluation_loader(Subset(pairs, chosen), batch_size=2, num_workers=workers)
    batches = list(loader)
    assert [b["sample_id"].tolist() for b in batches] == [
        pairs.slots[[5, 2]].tolist(),
        [pairs.slots[9]],
    ]
    assert torch.equal(batches[0]["frames"][1], torch.from_numpy(pairs[2]["frames"]))


@pytest.mark.parametrize("workers", [0, 1])
def test_a_loader_leaves_the_global_generator_alone(pairs: PairDataset, workers: int) -> None:
    torch.manual_seed(0)
    wanted = torch.rand(3)
    torch.manual_seed(0)
    next(iter(training_loader(pairs, batch_size=2, seed=0, max_steps=1, num_workers=workers)))
    assert torch.equal(torch.rand(3), wanted)


def test_collate_keeps_types_and_lists_texts() -> None:
    items = [
        {
            "frames": np.zeros((2, 2, 3), np.uint8),
            "instructions": t,
            "sample_id": np.int64(i),
            "mask": np.ones(2, bool),
        }
        for i, t in enumerate(("a", "b"))
    ]
    batch = collate(items)
    assert batch["instructions"] == ["a", "b"]
    assert (batch["frames"].dtype, batch["sample_id"].dtype, batch["mask"].dtype) == (
        torch.uint8,
        torch.int64,
        torch.bool,
    )
    assert batch["frames"].shape == (2, 2, 2, 3)
