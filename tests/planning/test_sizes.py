"""Where sizes come from: shards, else what is published, else nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from lapa.data.loading.pairs import open_pairs
from lapa.params.mixture import DatasetsParams, MixtureParams
from lapa.planning.sizes import Sizes, sizes_of
from lapa.records import PairSpec
from toys.shards import tiny_shard_set

SPEC = PairSpec(horizon_s=0.3)
SAID = {"episodes": 100, "frames": 2000, "fps": 10}
DATASETS = DatasetsParams.model_validate(
    {
        "arm": {"kind": "rlds", "path": "/nowhere", "published": SAID},
        "hand": {"kind": "rlds", "path": "/nowhere", "published": SAID | {"frames": 1000}},
        "made": {"kind": "simulator"},
    }
)


def sized(tmp_path: Path, *sources: dict[str, object], balance: str = "frames") -> Sizes:
    mixture = MixtureParams.model_validate({"balance": balance, "sources": sources})
    return sizes_of(DATASETS, mixture, SPEC, lambda name: tmp_path / name)


def test_published_figures_stand_in_for_shards(tmp_path: Path) -> None:
    sizes = sized(tmp_path, {"dataset": "arm"}, {"dataset": "hand", "weight": 2.0})
    assert [size.origin for size in sizes.known] == ["published", "published"]
    assert [size.share for size in sizes.known] == [0.5, 0.5]
    assert sizes.pairs(SPEC) == 2000 + 1000 - 2 * 100 * 3


def test_a_limit_takes_its_part(tmp_path: Path) -> None:
    (size,) = sized(tmp_path, {"dataset": "arm", "max_episodes": 5}).known
    assert (size.episodes, size.frames) == (5, 100)


def test_what_nobody_counted_is_named_and_makes_the_sum_unknown(tmp_path: Path) -> None:
    sizes = sized(tmp_path, {"dataset": "arm"}, {"dataset": "made"})
    assert sizes.unknown == ("made",)
    assert [size.share for size in sizes.known] == [1.0]
    assert sizes.pairs(SPEC) is None


def test_shards_are_counted_by_their_index(tmp_path: Path) -> None:
    shards = tiny_shard_set(tmp_path, n=10, frames=[12, 3] * 5)
    (tmp_path / "shards").rename(tmp_path / "arm")
    (size,) = sized(tmp_path, {"dataset": "arm"}).known
    moved = shards.model_copy(update={"path": str(tmp_path / "arm")})
    assert size.origin == "shards"
    assert (size.episodes, size.frames) == (8, shards.split("train").frames)
    assert size.pairs(0.3) == len(open_pairs(moved, "train", SPEC))
    # three frames at 10 Hz are no longer than 0.3 s
    assert size.counted_short == (8 * 12 - size.frames) // (12 - 3)
    assert size.image_size == 32


def test_a_filter_that_leaves_nothing_is_refused(tmp_path: Path) -> None:
    tiny_shard_set(tmp_path)
    (tmp_path / "shards").rename(tmp_path / "arm")
    with pytest.raises(ValueError, match="no training clip passes"):
        sized(tmp_path, {"dataset": "arm", "filter": {"instructions": ["to the moon"]}})
