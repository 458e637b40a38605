"""Codes of a robot's own set, from the labels of a mixture that it belongs to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lapa.data.labels import load_member_codes
from lapa.data.loading.robot import NO_LABEL, open_robot
from lapa.data.shards.clip_table import load_clip_table
from lapa.labeling.label_shards import label_shards
from lapa.params.labeling import LabelingParams
from lapa.records import LabelSet, PairSpec, ShardSet
from toys.mixtures import mixed, two_sets
from toys.shards import tiny_shard_set
from toys.stages import quantizer

SPEC = PairSpec(horizon_s=0.3)


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ShardSet]:
    return two_sets(tmp_path_factory.mktemp("sets"))


def labeled(shards: ShardSet, laq_of: ShardSet, work: Path) -> LabelSet:
    laq = quantizer(laq_of, SPEC, work / "laq", seed=0)
    return label_shards(
        shards=shards, model=laq, pair_spec=SPEC, params=LabelingParams(), work=work / "labels"
    )


def test_codes_are_those_of_the_set_labelled_alone(
    sets: dict[str, ShardSet], tmp_path: Path
) -> None:
    mixture = mixed(sets, tmp_path / "mixture")
    together = labeled(mixture, mixture, tmp_path / "together")
    alone = labeled(sets["few"], mixture, tmp_path / "alone")
    for split in ("train", "val"):
        table = load_clip_table(sets["few"], split)
        codes, valid = load_member_codes(sets["few"], together, split, table=table, mixture=mixture)
        own_codes, own_valid = load_member_codes(sets["few"], alone, split, table=table)
        np.testing.assert_array_equal(valid, own_valid)
        np.testing.assert_array_equal(codes[valid], own_codes[valid])


def test_clips_that_the_mixture_left_out_have_no_label(
    sets: dict[str, ShardSet], tmp_path: Path
) -> None:
    mixture = mixed(sets, tmp_path / "mixture", {"dataset": "few", "max_episodes": 1})
    labels = labeled(mixture, mixture, tmp_path)
    robot = open_robot(
        sets["few"],
        "train",
        chunk=1,
        pair_spec=SPEC,
        max_episodes=None,
        seed=0,
        labels=labels,
        mixture=mixture,
    )
    codes = np.stack([robot[i]["latent_codes"] for i in range(len(robot))])
    per_episode = (codes[:, 0] != NO_LABEL).reshape(4, 12).sum(axis=1)
    assert sorted(per_episode) == [0, 0, 0, 9]


def test_a_robot_that_was_not_watched_has_no_labels(
    sets: dict[str, ShardSet], tmp_path: Path
) -> None:
    mixture = mixed(sets, tmp_path / "mixture")
    labels = labeled(mixture, mixture, tmp_path)
    other = tiny_shard_set(tmp_path / "other", seed=9)
    table = load_clip_table(other, "train")
    with pytest.raises(ValueError, match=r"\(few, many\), which does not hold .*other"):
        load_member_codes(other, labels, "train", table=table, mixture=mixture)
