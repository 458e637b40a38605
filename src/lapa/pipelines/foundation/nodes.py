"""Nodes of the foundation pipeline."""

from __future__ import annotations

from pathlib import Path

from lapa.params.foundation.stage import FoundationParams
from lapa.pipelines.stage import stage, train
from lapa.records import Checkpoint, LabelSet, PairSpec, ShardSet


@stage("foundation")
def train_foundation(  # noqa: PLR0917 - Kedro hands inputs over by position
    shards: ShardSet,
    labels: LabelSet,
    pairs: PairSpec,
    foundation: FoundationParams,
    folder: Path,
    laq: Checkpoint | None = None,
) -> Checkpoint:
    """Teach the vision-language model to predict the codes of its labels from frame t and instruction.

    The quantiser, of labels that have one, is compared with the one that made them; with `online_labels` it
    labels. The pairs must have the labels' horizon; their motion filter may be another one.
    """
    return train(
        "lapa.training.foundation:fit",
        folder=folder,
        trainer=foundation.trainer,
        shards=shards,
        labels=labels,
        laq=laq,
        pair_spec=pairs,
        params=foundation,
    )


@stage("scratch_foundation")
def initialize_foundation(
    shards: ShardSet, pairs: PairSpec, foundation: FoundationParams, folder: Path
) -> Checkpoint:
    """Make the control: the same model, untrained."""
    return train(
        "lapa.training.foundation:initialize",
        folder=folder,
        trainer=foundation.trainer.model_copy(update={"devices": 1, "nodes": 1}),
        shards=shards,
        pair_spec=pairs,
        params=foundation,
    )
