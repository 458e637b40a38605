from __future__ import annotations

from pathlib import Path

import pytest

from lapa.params.labeling import LabelingParams
from lapa.pipelines.foundation.nodes import train_foundation
from lapa.pipelines.labeling.nodes import label_shards
from lapa.records import PairSpec
from toys.shards import tiny_shard_set
from toys.stages import foundation_params, quantizer


def test_labels_of_another_quantizer_are_refused_with_both_digests(tmp_path: Path) -> None:
    shards = tiny_shard_set(tmp_path / "shards")
    spec = PairSpec(horizon_s=shards.max_horizon_s)
    one = quantizer(shards, spec, tmp_path / "one", seed=0)
    other = quantizer(shards, spec, tmp_path / "other", seed=1)
    labels = label_shards(shards, one, spec, LabelingParams(num_threads=1), str(tmp_path))
    params = foundation_params(shards)
    with pytest.raises(ValueError, match=rf"{one.digest[:12]}[\s\S]*{other.digest[:12]}"):
        train_foundation(shards, labels, spec, params, str(tmp_path), other)
    trained = train_foundation(shards, labels, spec, params, str(tmp_path), one)
    assert trained.inputs["laq"] == one.digest


def test_another_horizon_is_refused_before_labeling(tmp_path: Path) -> None:
    shards = tiny_shard_set(tmp_path / "shards")
    spec = PairSpec(horizon_s=shards.max_horizon_s)
    laq = quantizer(shards, spec, tmp_path, seed=0)
    longer = spec.model_copy(update={"horizon_s": 2 * spec.horizon_s})
    with pytest.raises(ValueError, match="horizon of the pairs of quantiser"):
        label_shards(shards, laq, longer, LabelingParams(num_threads=1), str(tmp_path))
