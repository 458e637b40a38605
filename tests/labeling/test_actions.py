"""Labels that are recorded actions: the bin of what was done over H, a code per dimension."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lapa.data.labels import load_codes
from lapa.data.loading.pairs import open_pairs
from lapa.labeling.actions import label_actions
from lapa.params.labeling import LabelingParams
from lapa.records import LabelSet, PairSpec, ShardSet
from toys.shards import tiny_shard_set

SPEC = PairSpec(horizon_s=0.2)
BINS = 16


def label(shards: ShardSet, work: Path, spec: PairSpec = SPEC) -> LabelSet:
    params = LabelingParams(action_bins=BINS)
    return label_actions(shards=shards, pair_spec=spec, params=params, work=work)


def test_a_code_is_the_bin_of_the_action_over_the_horizon(tmp_path: Path) -> None:
    shards = tiny_shard_set(tmp_path)
    labels = label(shards, tmp_path / "work")
    assert labels.made_by == "true_actions"
    assert (labels.laq_digest, labels.are_actions) == (None, True)
    assert labels.codebook_size == BINS
    stats = labels.actions
    assert stats is not None
    for split in shards.splits:
        pairs = open_pairs(shards, split, SPEC, with_actions=True)
        codes, valid = load_codes(shards, labels, split)
        assert np.array_equal(np.flatnonzero(valid), pairs.slots)
        for dimension, column in enumerate(stats.dimensions):
            edges = np.array(column.bin_edges, np.float32)
            own = codes[pairs.slots, dimension]
            values = pairs.all_motions()[:, dimension].clip(edges[0], edges[-1])
            assert (edges[own] <= values).all()
            assert (values <= edges[own + 1]).all()


def test_the_bins_are_those_of_the_training_episodes(tmp_path: Path) -> None:
    shards = tiny_shard_set(tmp_path)
    stats = label(shards, tmp_path / "work").actions
    assert stats is not None
    train = open_pairs(shards, "train", SPEC, with_actions=True).all_motions()
    assert stats.steps == len(train)
    np.testing.assert_allclose([d.mean for d in stats.dimensions], train.mean(axis=0), atol=1e-6)


def test_static_pairs_are_labelled_whatever_the_motion_filter_says(tmp_path: Path) -> None:
    shards = tiny_shard_set(tmp_path)
    still = SPEC.model_copy(update={"min_motion": 0.9})
    labels = label(shards, tmp_path / "work", still)
    assert labels.valid_pairs == label(shards, tmp_path / "all").valid_pairs


def test_video_without_actions_is_refused(tmp_path: Path) -> None:
    video = tiny_shard_set(tmp_path, with_actions=False)
    with pytest.raises(ValueError, match=r"found action dimensions .*0 = none"):
        label(video, tmp_path / "work")
