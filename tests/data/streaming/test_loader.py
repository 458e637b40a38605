"""Streamed batches hold what map-style batches hold; what streaming cannot promise is measured, not hidden."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lapa.data.bad_input import BadInputError
from lapa.data.loading.pairs import PairDataset, open_pairs
from lapa.data.remote.cache import RemoteCache
from lapa.data.shards.linked import link_shard_set
from lapa.data.streaming.loader import streaming_loader
from lapa.params.remote import RemoteParams
from lapa.records import PairSpec, ShardSet
from toys.shards import tiny_shard_set
from toys.web import Web, serving

SPEC = PairSpec(horizon_s=0.1)
BATCH = 4


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> ShardSet:
    folder = tmp_path_factory.mktemp("local")
    return tiny_shard_set(folder, n=20, frames=[5, 12, 9, 20] * 5, max_samples_per_shard=3)


@pytest.fixture(scope="module")
def pairs(shards: ShardSet) -> PairDataset:
    return open_pairs(shards, "train", SPEC, with_actions=True)


def streamed(pairs: PairDataset, *, steps: int, **given: Any) -> Iterable[dict[str, Any]]:
    options = {"batch_size": BATCH, "seed": 0, "max_steps": steps, "shuffle_buffer": 16, **given}
    return streaming_loader(pairs, **options)


def ids(batches: Iterable[dict[str, Any]]) -> list[int]:
    return [int(i) for batch in batches for i in batch["sample_id"]]


def steps_of_epochs(pairs: PairDataset, epochs: float) -> int:
    return int(epochs * len(pairs)) // BATCH


def test_a_pair_is_the_one_that_is_read_by_its_place(pairs: PairDataset) -> None:
    rows = {int(slot): row for row, slot in enumerate(pairs.slots)}
    for batch in streamed(pairs, steps=steps_of_epochs(pairs, 1)):
        for at, slot in enumerate(batch["sample_id"].tolist()):
            item = pairs[rows[slot]]
            np.testing.assert_array_equal(batch["frames"][at], item["frames"])
            np.testing.assert_array_equal(batch["actions"][at], item["actions"])


def test_one_process_sees_every_pair_once_an_epoch(pairs: PairDataset) -> None:
    """Up to what still waits in the buffer when the next epoch begins."""
    found = Counter(ids(streamed(pairs, steps=steps_of_epochs(pairs, 1), shuffle_buffer=1)))
    assert set(found.values()) == {1}
    assert len(pairs) - len(found) < BATCH


def test_the_order_is_mixed_and_a_function_of_the_seed(pairs: PairDataset) -> None:
    def order(**given: Any) -> list[int]:
        return ids(streamed(pairs, steps=10, **given))

    assert order() == order() != order(seed=1)
    assert order() != sorted(order())
    assert order(shuffle_buffer=1) != order()


def test_a_later_start_is_another_pass(
    pairs: PairDataset, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        rest = list(streamed(pairs, steps=10, start_step=6))
    assert len(rest) == 4
    assert ids(rest) != ids(streamed(pairs, steps=10))[6 * BATCH :]
    assert "starts anew at step 6" in caplog.text
    assert "some pairs twice and others never" in caplog.text


@pytest.mark.parametrize("workers", [1, 2])
def test_how_many_pairs_an_epoch_shows_twice_or_never(pairs: PairDataset, workers: int) -> None:
    """Figures of docs/streaming.md at toy size; the map-style loader has none of either."""
    steps = steps_of_epochs(pairs, 1)
    found = Counter(ids(streamed(pairs, steps=steps, num_workers=workers, shuffle_buffer=1)))
    twice = sum(count > 1 for count in found.values()) / len(pairs)
    never = (len(pairs) - len(found)) / len(pairs)
    if workers == 1:
        assert twice == 0
        assert never < BATCH / len(pairs)
    else:
        assert 0 < twice < 0.5
        assert 0 < never < 0.5


def test_ranks_read_different_shards(pairs: PairDataset, monkeypatch: pytest.MonkeyPatch) -> None:
    first: list[set[int]] = []
    for rank in (0, 1):
        monkeypatch.setenv("RANK", str(rank))
        monkeypatch.setenv("WORLD_SIZE", "2")
        few = streamed(pairs, steps=3, rank=rank, world_size=2, shuffle_buffer=1)
        first.append(set(ids(few)))
    assert not first[0] & first[1]


def test_a_rank_that_webdataset_does_not_see_is_an_error(pairs: PairDataset) -> None:
    with pytest.raises(RuntimeError, match="rank 0 of 1, expected 1 of 2"):
        list(streamed(pairs, steps=1, rank=1, world_size=2))


def test_fewer_pairs_and_one_of_each_episode_are_honoured(shards: ShardSet) -> None:
    few = open_pairs(shards, "train", SPEC, max_samples=12)
    assert sorted(ids(streamed(few, steps=3, shuffle_buffer=1))) == sorted(few.slots.tolist())
    spec = SPEC.model_copy(update={"policy": "one_per_episode"})
    one = open_pairs(shards, "train", spec)
    found = ids(streamed(one, steps=one.samples_per_epoch // BATCH, shuffle_buffer=1))
    drawn = set(one.slots[one.epoch_positions(0)].tolist())
    assert set(found) <= drawn


def test_more_processes_than_shards_are_told(
    shards: ShardSet, caplog: pytest.LogCaptureFixture
) -> None:
    val = open_pairs(shards, "val", SPEC)
    number = len(val.table.shards)
    with caplog.at_level(logging.WARNING):
        streamed(val, steps=1, num_workers=number + 1)
    assert f"{number} shards are dealt to {number + 1} processes" in caplog.text


def test_a_shard_that_lost_its_last_clip_is_named(shards: ShardSet, tmp_path: Path) -> None:
    """webdataset takes a tar that ends between two members for a shorter one."""
    import shutil

    shutil.copytree(shards.path, tmp_path / "set")
    cut = shards.model_copy(update={"path": str(tmp_path / "set")})
    pairs = open_pairs(cut, "train", SPEC)
    table = pairs.table
    tar = table.paths[0]
    last = int(np.flatnonzero(table.shard == 0)[-1])
    end = int(table.numbers["json_offset"][last]) - 512
    tar.write_bytes(tar.read_bytes()[:end] + bytes(1024))
    with pytest.raises(BadInputError, match=r"train/000000\.tar: truncated_shard: found 2 clips"):
        list(streamed(pairs, steps=steps_of_epochs(pairs, 2)))


@pytest.fixture
def web(shards: ShardSet, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    pytest.importorskip("aiohttp", reason="reading by URL needs pip install 'lapa[remote]'")
    with serving(monkeypatch) as web:
        web.serve_folder(Path(shards.path), "squares")
        yield web


def test_a_set_on_a_server_streams_through_a_cache_that_holds_two_tars(
    web: Web, pairs: PairDataset, tmp_path: Path
) -> None:
    sizes = [len(data) for name, data in web.files.items() if name.endswith(".tar")]
    params = RemoteParams(backoff_s=0, cache_bytes=2 * max(sizes), connections=1)
    cache = RemoteCache(tmp_path / "cache", params)
    there = link_shard_set(web.url("squares"), tmp_path / "linked", cache)
    far = open_pairs(there, "train", SPEC, with_actions=True)
    steps = steps_of_epochs(pairs, 1)
    assert ids(streamed(far, steps=steps)) == ids(streamed(pairs, steps=steps))
    kept = sum(path.stat().st_size for path in (tmp_path / "cache").rglob("*.tar"))
    assert kept <= 2 * max(sizes) < sum(sizes)
