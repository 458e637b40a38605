"""The table of a mixture: motion follows the actions, what a dataset lacks is NaN, files hold all of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from lapa.evaluation.codes.build_table import build_pair_table
from lapa.evaluation.codes.encoded import Encoded, encode_held_out
from lapa.evaluation.codes.larybench import write_larybench
from lapa.evaluation.codes.pair_frame import read_pair_table, table_of_frame, write_pair_table
from lapa.evaluation.codes.pair_table import PairTable
from lapa.evaluation.codes.seen_motion import MotionSight, motion_sight
from lapa.models.laq.storage import load_laq
from lapa.params.flow import FlowParams
from lapa.records import ShardSet
from toys.episodes import moving_square_episodes
from toys.mixtures import mixed
from toys.shards import tiny_shard_set
from toys.world import EVALUATION, SPEC, untrained_laq

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def shards(tmp_path_factory: pytest.TempPathFactory) -> ShardSet:
    """Squares with actions, and as many without."""
    folder = tmp_path_factory.mktemp("mixture")
    videos = moving_square_episodes(8, source="videos", seed=2, with_actions=False)
    split = {"val_fraction": 0.5}
    sets = {
        "squares": tiny_shard_set(folder / "squares", n=8, split=split),
        "videos": tiny_shard_set(folder / "videos", episodes=videos, split=split),
    }
    return mixed(sets, folder / "mixed")


def encoded(shards: ShardSet, tmp_path: Path, sight: MotionSight, **changes: object) -> Encoded:
    laq = load_laq(Path(untrained_laq(tmp_path / "laq", shards, 0).path))
    return encode_held_out(shards, [laq], SPEC, EVALUATION.model_copy(update=changes), sight=sight)


@pytest.fixture(scope="module")
def whole(shards: ShardSet, tmp_path_factory: pytest.TempPathFactory) -> Encoded:
    sight = motion_sight(FlowParams(threshold=0.02), shards, CPU)
    return encoded(shards, tmp_path_factory.mktemp("laq"), sight)


@pytest.fixture(scope="module")
def table(shards: ShardSet, whole: Encoded) -> PairTable:
    return build_pair_table(whole, shards)


def test_a_dataset_without_actions_has_none(table: PairTable) -> None:
    assert table.datasets == ("squares", "videos")
    assert table.actions is not None
    assert np.isnan(table.actions[table.dataset == "videos"]).all()
    assert np.isfinite(table.actions[table.dataset == "squares"]).all()
    assert table.action_names == {"squares": ("dx", "dy")}
    assert len({(d, e) for d, e in zip(table.dataset, table.episode, strict=True)}) == len(
        np.unique(table.episode)
    ), "an episode number belongs to one dataset"


def test_flow_goes_where_the_action_goes(table: PairTable) -> None:
    rows = table.dataset == "squares"
    assert table.motion is not None
    assert table.actions is not None
    for axis in range(2):
        agree = np.corrcoef(table.motion.weighted[rows, axis], table.actions[rows, axis])[0, 1]
        assert agree > 0.8
    still = (table.actions[rows] == 0).all(axis=1)
    assert table.motion.static[rows][still].all()


def test_a_second_quantiser_finds_the_motion(shards: ShardSet, tmp_path: Path) -> None:
    sight = motion_sight(FlowParams(cache=str(tmp_path / "flow")), shards, CPU)
    first = encoded(shards, tmp_path, sight).pairs.motion

    def blind(pairs: torch.Tensor) -> torch.Tensor:
        raise AssertionError("flow is seen again")

    closed = replace(sight, estimator=blind)
    second = encoded(shards, tmp_path, closed).pairs.motion
    assert first is not None
    assert second is not None
    assert np.array_equal(first.weighted, second.weighted)
    others: Mapping[str, object] = {"where": {"dataset": ("videos",)}}
    with pytest.raises(AssertionError, match="seen again"):
        encoded(shards, tmp_path, closed, **others)
    stricter = replace(closed, params=closed.params.model_copy(update={"threshold": 0.03}))
    with pytest.raises(AssertionError, match="seen again"):
        encoded(shards, tmp_path, stricter)


def test_buckets_hold_what_was_asked_for(shards: ShardSet, tmp_path: Path) -> None:
    sight = motion_sight(FlowParams(), shards, CPU)
    pairs = encoded(shards, tmp_path, sight, where={"dataset": ("squares",)}).pairs
    assert set(pairs.texts("dataset")) == {"squares"}
    assert pairs.actions is not None, "those that are left have actions"
    instruction = str(pairs.texts("instruction")[0])
    some = encoded(shards, tmp_path, sight, where={"instruction": (instruction,)}).pairs
    assert set(some.texts("instruction")) == {instruction}


def test_parquet_gives_the_table_back(table: PairTable, tmp_path: Path) -> None:
    path = tmp_path / "pairs.parquet"
    write_pair_table(table, path)
    again = read_pair_table(path)
    assert table.motion is not None
    assert again.motion is not None
    for one, other in ((table, again), (table.motion, again.motion)):
        for name, column in vars(one).items():
            if isinstance(column, np.ndarray):
                np.testing.assert_array_equal(column, getattr(other, name))
                assert column.dtype.kind == getattr(other, name).dtype.kind
    assert again.action_names == table.action_names
    assert again.action_units == table.action_units
    assert again.random_codes is None
    with pytest.raises(ValueError, match=r"expected \['dataset', .*'action_names'"):
        table_of_frame(pd.DataFrame({"codes": [1]}))


def test_larybench_gets_a_file_for_each_pair(
    table: PairTable, whole: Encoded, tmp_path: Path
) -> None:
    listed = pd.read_csv(write_larybench(table, whole.pairs, tmp_path / "npz"))
    assert len(listed) == len(table)
    assert table.actions is not None
    for row in (0, len(table) - 1):
        with np.load(tmp_path / "npz" / listed["la_path"][row]) as latent:
            assert np.array_equal(latent["indices"], table.discrete[row])
            assert np.array_equal(latent["tokens"], table.vectors[row])
            assert latent["pre_quantized"].shape == table.vectors[row].shape
    rows = np.flatnonzero(table.dataset == "squares")
    done = np.load(tmp_path / "npz" / listed["action"][rows[0]])
    assert np.allclose(done.sum(axis=0), table.actions[rows[0]])
    assert listed["action"][table.dataset == "videos"].isna().all()
