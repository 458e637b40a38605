"""Nodes of the laq pipeline."""

from __future__ import annotations

from lapa.params.laq import LaqParams
from lapa.pipelines.stage import train
from lapa.records import Checkpoint, PairSpec, ShardSet


def train_laq(shards: ShardSet, pairs: PairSpec, laq: LaqParams, work: str) -> Checkpoint:
    """Train the latent action quantiser on frame pairs."""
    return train(
        "lapa.training.laq:fit",
        stage="laq",
        work=work,
        trainer=laq.trainer,
        shards=shards,
        pair_spec=pairs,
        params=laq,
    )


def initialise_random_laq(
    shards: ShardSet, pairs: PairSpec, laq: LaqParams, work: str
) -> Checkpoint:
    """Make the control: the same quantiser, untrained, with a codebook spread over its inputs."""
    return train(
        "lapa.training.laq:initialise",
        stage="random_laq",
        work=work,
        trainer=laq.trainer.model_copy(update={"devices": 1, "nodes": 1}),
        shards=shards,
        pair_spec=pairs,
        params=laq,
    )
