"""Nodes of the finetune pipeline."""

from __future__ import annotations

from pathlib import Path

from lapa.params.finetune import FinetuneParams
from lapa.pipelines.stage import stage, train
from lapa.records import Checkpoint, LabelSet, ShardSet
from lapa.training.common.labeled_episodes import require_same_episodes


@stage("policy")
def train_policy(  # noqa: PLR0917 - Kedro hands inputs over by position
    shards: ShardSet,
    foundation: Checkpoint,
    finetune: FinetuneParams,
    folder: Path,
    labels: LabelSet | None = None,
    laq: Checkpoint | None = None,
    mixture: ShardSet | None = None,
) -> Checkpoint:
    """Learn real actions from few labelled episodes, starting from a backbone.

    Labels (with the mixture that they label) and quantiser, of arms that have them, are used if the
    parameters ask for them; an arm that has none trains without, and its record notes it. Actions that a
    model guessed must be those of a model of the same episodes.
    """
    if labels is not None:
        require_same_episodes(labels, shards, finetune.labels)
    return train(
        "lapa.training.policy:fit",
        folder=folder,
        trainer=finetune.trainer,
        shards=shards,
        foundation=foundation,
        params=finetune,
        **finetune.artefacts(labels=labels, laq=laq, mixture=mixture),
    )
