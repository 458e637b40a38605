"""Toy parameters of every stage, and a quantiser made with them."""

from __future__ import annotations

from pathlib import Path

from lapa.params.foundation.stage import FoundationParams
from lapa.params.laq.stage import LaqParams
from lapa.pipelines.laq.nodes import initialize_random_laq
from lapa.records import Checkpoint, PairSpec, ShardSet

TRAINER = {"max_steps": 2, "batch_size": 4, "num_threads": 1, "accelerator": "cpu"}


def quantizer(shards: ShardSet, spec: PairSpec, work: Path, seed: int) -> Checkpoint:
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
            "optimizer": {"warmup_steps": 1},
            "trainer": TRAINER | {"seed": seed},
        }
    )
    return initialize_random_laq(shards, spec, params, str(work))


def foundation_params(shards: ShardSet) -> FoundationParams:
    return FoundationParams.model_validate(
        {
            "backend": {"kind": "film_cnn", "image_size": shards.image_size, "channels": 8},
            "optimizer": {"warmup_steps": 1},
            "trainer": TRAINER,
        }
    )
