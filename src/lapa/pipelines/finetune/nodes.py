"""Nodes of the finetune pipeline."""

from __future__ import annotations

from lapa.params.finetune import FinetuneParams
from lapa.pipelines.stage import train
from lapa.records import Checkpoint, LabelSet, ShardSet


def train_policy(
    shards: ShardSet,
    foundation: Checkpoint,
    finetune: FinetuneParams,
    work: str,
    labels: LabelSet | None = None,
) -> Checkpoint:
    """Learn real actions from few labelled episodes, starting from a backbone.

    The labels of an arm that has some are used if `joint_latent_weight` asks for them.
    """
    return train(
        "lapa.training.policy:fit",
        stage="policy",
        work=work,
        trainer=finetune.trainer,
        shards=shards,
        foundation=foundation,
        params=finetune,
        **finetune.artefacts(labels=labels),
    )
