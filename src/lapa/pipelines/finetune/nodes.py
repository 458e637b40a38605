"""Nodes of the finetune pipeline."""

from __future__ import annotations

from lapa.params.finetune import FinetuneParams
from lapa.pipelines.stage import train
from lapa.records import Checkpoint, ShardSet


def train_policy(
    shards: ShardSet, foundation: Checkpoint, finetune: FinetuneParams, work: str
) -> Checkpoint:
    """Learn real actions from few labelled episodes, starting from a backbone."""
    return train(
        "lapa.training.policy:fit",
        stage="policy",
        work=work,
        trainer=finetune.trainer,
        shards=shards,
        foundation=foundation,
        params=finetune,
    )
