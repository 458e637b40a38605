"""Nodes of the foundation pipeline."""

from __future__ import annotations

from lapa.params.foundation import FoundationParams
from lapa.pipelines.stage import train
from lapa.records import Checkpoint, LabelSet, PairSpec, ShardSet


def train_foundation(
    shards: ShardSet, labels: LabelSet, laq: Checkpoint, foundation: FoundationParams, work: str
) -> Checkpoint:
    """Teach the vision-language model to predict latent actions from frame t and instruction.

    The quantiser is compared with the one that made the labels; with `online_labels` it labels.
    """
    return train(
        "lapa.training.foundation:fit",
        stage="foundation",
        work=work,
        trainer=foundation.trainer,
        shards=shards,
        labels=labels,
        laq=laq,
        params=foundation,
    )


def initialise_foundation(
    shards: ShardSet, pairs: PairSpec, foundation: FoundationParams, work: str
) -> Checkpoint:
    """Make the control: the same model, untrained."""
    return train(
        "lapa.training.foundation:initialise",
        stage="scratch_foundation",
        work=work,
        trainer=foundation.trainer.model_copy(update={"devices": 1, "nodes": 1}),
        shards=shards,
        pair_spec=pairs,
        params=foundation,
    )
