from __future__ import annotations

from pathlib import Path

import pytest

from factories import tiny_shard_set
from lapa.params.foundation import FoundationParams
from lapa.params.labeling import LabelingParams
from lapa.params.laq import LaqParams
from lapa.pipelines.foundation.nodes import train_foundation
from lapa.pipelines.labeling.nodes import label_shards
from lapa.pipelines.laq.nodes import initialise_random_laq
from lapa.records import Checkpoint, PairSpec, ShardSet

TRAINER = {"max_steps": 2, "batch_size": 4, "num_threads": 1, "accelerator": "cpu"}


def quantiser(shards: ShardSet, spec: PairSpec, work: Path, seed: int) -> Checkpoint:
    params = LaqParams.model_validate(
        {
            "model": {
                "image_size": shards.image_size,
                "patch_size": shards.image_size // 8,
                "dim": 16,
                "heads": 1,
                "head_dim": 16,
                "spatial_depth": 1,
                "temporal_depth": 1,
                "quant_dim": 4,
            },
            "optimiser": {"warmup_steps": 1},
            "trainer": TRAINER | {"seed": seed},
        }
    )
    return initialise_random_laq(shards, spec, params, str(work))


def test_labels_of_another_quantiser_are_refused_with_both_digests(tmp_path: Path) -> None:
    shards = tiny_shard_set(tmp_path / "shards")
    spec = PairSpec(horizon_s=shards.max_horizon_s)
    one = quantiser(shards, spec, tmp_path / "one", seed=0)
    other = quantiser(shards, spec, tmp_path / "other", seed=1)
    labels = label_shards(shards, one, spec, LabelingParams(num_threads=1), str(tmp_path))
    params = FoundationParams.model_validate(
        {
            "backend": {"kind": "film_cnn", "image_size": shards.image_size, "channels": 8},
            "optimiser": {"warmup_steps": 1},
            "trainer": TRAINER,
        }
    )
    with pytest.raises(ValueError, match=rf"{one.digest[:12]}[\s\S]*{other.digest[:12]}"):
        train_foundation(shards, labels, other, params, str(tmp_path))
    assert train_foundation(shards, labels, one, params, str(tmp_path)).inputs["laq"] == one.digest


def test_another_horizon_is_refused_before_labelling(tmp_path: Path) -> None:
    shards = tiny_shard_set(tmp_path / "shards")
    spec = PairSpec(horizon_s=shards.max_horizon_s)
    laq = quantiser(shards, spec, tmp_path, seed=0)
    longer = spec.model_copy(update={"horizon_s": 2 * spec.horizon_s})
    with pytest.raises(ValueError, match="pair spec of quantiser"):
        label_shards(shards, laq, longer, LabelingParams(num_threads=1), str(tmp_path))
