"""Nodes of the laq pipeline."""

from __future__ import annotations

from pathlib import Path

from lapa.params.laq.stage import LaqParams
from lapa.pipelines.stage import stage, train
from lapa.records import Checkpoint, PairSpec, ShardSet


@stage("laq")
def train_laq(shards: ShardSet, pairs: PairSpec, laq: LaqParams, folder: Path) -> Checkpoint:
    """Train the latent action quantiser on frame pairs."""
    return train(
        "lapa.training.laq:fit",
        folder=folder,
        trainer=laq.trainer,
        shards=shards,
        pair_spec=pairs,
        params=laq,
    )


@stage("random_laq")
def initialize_random_laq(
    shards: ShardSet, pairs: PairSpec, laq: LaqParams, folder: Path
) -> Checkpoint:
    """Make the control: the same quantiser, untrained, with a codebook spread over its inputs."""
    return train(
        "lapa.training.laq:initialize",
        folder=folder,
        trainer=laq.trainer.model_copy(update={"devices": 1, "nodes": 1}),
        shards=shards,
        pair_spec=pairs,
        params=laq,
    )
