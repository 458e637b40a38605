"""A shard set on a server is the very set that lies there; its tars come when they are read, sound or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from lapa.data.loading.loader import training_loader
from lapa.data.loading.pairs import PairDataset, open_pairs
from lapa.data.remote.cache import RemoteCache
from lapa.data.remote.failures import RemoteError
from lapa.data.remote.room import CacheFullError
from lapa.data.shards.contact_sheet import contact_sheet
from lapa.data.shards.linked import LINK, link_shard_set
from lapa.data.shards.summary import summarize
from lapa.data.shards.verify import verify
from lapa.params.remote import RemoteParams
from lapa.records import PairSpec, ShardSet
from toys.shards import tiny_shard_set
from toys.web import Answer, Web, serving

pytest.importorskip("aiohttp", reason="reading by URL needs pip install 'lapa[remote]'")
SPEC = PairSpec(horizon_s=0.1)
Make = Callable[..., RemoteCache]


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> ShardSet:
    return tiny_shard_set(tmp_path_factory.mktemp("local"), max_samples_per_shard=2)


@pytest.fixture
def web(local: ShardSet, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    with serving(monkeypatch) as web:
        web.serve_folder(Path(local.path), "sets/squares")
        yield web


def linked(web: Web, tmp_path: Path, **params: object) -> ShardSet:
    chosen = RemoteParams.model_validate({"backoff_s": 0, "connections": 1, **params})
    cache = RemoteCache(tmp_path / "cache", chosen)
    return link_shard_set(web.url("sets/squares/"), tmp_path / "linked", cache)


def tars_asked_for(web: Web) -> list[str]:
    return [path for path, _ in web.requests if path.endswith(".tar")]


def test_record_and_indices_come_and_no_tar(local: ShardSet, web: Web, tmp_path: Path) -> None:
    there = linked(web, tmp_path)
    assert there.model_copy(update={"path": local.path}) == local
    assert not list(Path(there.path).rglob("*.tar"))
    assert (Path(there.path) / LINK).is_file()
    assert len(open_pairs(there, "train", SPEC)) == len(open_pairs(local, "train", SPEC))
    assert tars_asked_for(web) == []


def test_batches_are_those_of_the_local_set(local: ShardSet, web: Web, tmp_path: Path) -> None:
    def batches(shards: ShardSet) -> list[dict[str, object]]:
        pairs = open_pairs(shards, "train", SPEC, with_actions=True)
        return list(training_loader(pairs, batch_size=8, seed=0, max_steps=5))

    for mine, theirs in zip(batches(linked(web, tmp_path)), batches(local), strict=True):
        assert mine.keys() == theirs.keys()
        for name in mine:
            np.testing.assert_array_equal(mine[name], theirs[name])
    assert len(tars_asked_for(web)) == len(set(tars_asked_for(web)))


def test_summary_and_picture_are_those_of_the_local_set(
    local: ShardSet, web: Web, tmp_path: Path
) -> None:
    there = linked(web, tmp_path)
    assert summarize(there) == summarize(local)
    np.testing.assert_array_equal(contact_sheet(there), contact_sheet(local))
    assert verify(there) == []


def test_a_tar_that_does_not_fit_its_index_is_never_read(web: Web, tmp_path: Path) -> None:
    there = linked(web, tmp_path, retries=1)
    name = "sets/squares/train/000000.tar"
    data = bytearray(web.files[name])
    data[700] ^= 1
    web.files[name] = bytes(data)
    with pytest.raises(RemoteError, match=r"train/000000\.tar.*given up after 2 tries"):
        open_pairs(there, "train", SPEC)[0]
    web.files[name] = bytes(data[:-512])
    with pytest.raises(RemoteError, match=f"has {len(data) - 512} bytes, expected {len(data)}"):
        open_pairs(there, "train", SPEC)[0]


def every(pairs: PairDataset) -> Iterator[int]:
    for index in range(len(pairs)):
        yield int(pairs[index]["sample_id"])


def test_a_set_larger_than_the_cache_is_read_in_order(
    local: ShardSet, web: Web, tmp_path: Path
) -> None:
    """One process gives back what it has open for what it needs next."""
    sizes = [len(data) for name, data in web.files.items() if name.endswith(".tar")]
    pairs = open_pairs(linked(web, tmp_path, cache_bytes=2 * max(sizes)), "train", SPEC)
    assert list(every(pairs)) == list(every(open_pairs(local, "train", SPEC)))
    kept = sum(path.stat().st_size for path in (tmp_path / "cache").rglob("*.tar"))
    assert kept <= 2 * max(sizes) < sum(sizes)
    served = sum(map(len, web.files.values()))
    assert web.taken.count < 1.1 * served, "every tar comes once"


def test_a_project_that_moves_keeps_its_cache(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    monkeypatch.chdir(before)
    open_pairs(linked(web, before), "train", SPEC)[0]
    assert str(tmp_path) not in (before / "linked" / LINK).read_text()
    before.rename(after)
    monkeypatch.chdir(tmp_path)
    shards = ShardSet.read(after / "linked").model_copy(update={"path": str(after / "linked")})
    open_pairs(shards, "train", SPEC)[0]
    assert len(tars_asked_for(web)) == 1, "what the cache holds is not sent again"


def test_a_cache_too_small_for_one_tar_says_so(web: Web, tmp_path: Path) -> None:
    linked(web, tmp_path)
    link = tmp_path / "linked" / LINK
    facts = json.loads(link.read_text())
    facts["remote"]["cache_bytes"] = 10
    link.write_text(json.dumps(facts))
    shards = ShardSet.read(tmp_path / "linked").model_copy(
        update={"path": str(tmp_path / "linked")}
    )
    with pytest.raises(CacheFullError, match=r"remote\.cache_bytes"):
        open_pairs(shards, "train", SPEC)[0]


def test_a_cut_off_tar_goes_on(web: Web, tmp_path: Path) -> None:
    there = linked(web, tmp_path)
    name = "sets/squares/train/000000.tar"
    web.answers[name] = [Answer(cut_after=1000)]
    open_pairs(there, "train", SPEC)[0]
    assert web.ranges_of(name) == ["", "bytes=1000-"]


def test_what_is_no_shard_set_is_named(web: Web, tmp_path: Path) -> None:
    cache = RemoteCache(tmp_path / "cache", RemoteParams())
    with pytest.raises(RemoteError, match=r"nowhere/record\.json"):
        link_shard_set(web.url("nowhere"), tmp_path / "linked", cache)
