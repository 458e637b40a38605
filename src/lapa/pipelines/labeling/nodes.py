"""Nodes of the labeling pipeline."""

from __future__ import annotations

from pathlib import Path

from lapa.distributed.launch import launch
from lapa.labeling.actions import label_actions as bin_actions
from lapa.labeling.label_parts import merge_labels as merge
from lapa.labeling.permute import permute_labels as permute
from lapa.params.array_part import ArrayPart
from lapa.params.inverse_dynamics import InverseDynamicsParams
from lapa.params.labeled_episodes import LabeledBalance, LabeledEpisodes
from lapa.params.labeling import LabelingParams
from lapa.pipelines.stage import stage, train
from lapa.records import (
    Checkpoint,
    LabelSet,
    MadePart,
    MadeParts,
    PairSpec,
    ShardSet,
    require_same,
)


@stage("labels")
def label_shards(
    shards: ShardSet, model: Checkpoint, pairs: PairSpec, labeling: LabelingParams, folder: Path
) -> LabelSet:
    """Label every pair of the shards with a frozen quantiser, or with an inverse dynamics model."""
    _require_horizon(model, pairs)
    inputs = {"shards": shards, "model": model, "pair_spec": pairs, "params": labeling}
    labels: LabelSet = launch(
        "lapa.labeling.label_shards:label_shards",
        {**inputs, "work": folder},
        devices=labeling.devices,
        nodes=labeling.nodes,
    )
    return labels


@stage("labels_part")
def label_part(  # noqa: PLR0917 - Kedro hands inputs over by position
    shards: ShardSet,
    model: Checkpoint,
    pairs: PairSpec,
    labeling: LabelingParams,
    part: str,
    folder: Path,
) -> MadePart:
    """Label the pairs of one part of the shards: ``part`` says which, ``3/64``."""
    _require_horizon(model, pairs)
    inputs = {"shards": shards, "model": model, "pair_spec": pairs, "params": labeling}
    made: MadePart = launch(
        "lapa.labeling.label_parts:label_part",
        {**inputs, "part": ArrayPart.of_text(part), "work": folder},
        devices=labeling.devices,
        nodes=labeling.nodes,
    )
    return made


@stage("labels")
def merge_labels(  # noqa: PLR0917 - Kedro hands inputs over by position
    shards: ShardSet,
    model: Checkpoint,
    pairs: PairSpec,
    labeling: LabelingParams,
    parts: MadeParts,
    folder: Path,
) -> LabelSet:
    """Join the parts to the label set that `label_shards` would make."""
    _require_horizon(model, pairs)
    return merge(
        shards=shards, model=model, pair_spec=pairs, params=labeling, parts=parts, work=folder
    )


@stage("permuted_labels")
def permute_labels(shards: ShardSet, labels: LabelSet, pairs: PairSpec, folder: Path) -> LabelSet:
    """Give the codes to other pairs, drawn with the seed of the pairs: the control of the codes' meaning."""
    return permute(shards=shards, labels=labels, seed=pairs.seed, work=folder)


@stage("action_labels")
def label_actions(
    shards: ShardSet, pairs: PairSpec, labeling: LabelingParams, folder: Path
) -> LabelSet:
    """Label every pair of the shards with its recorded action over H, in bins."""
    return bin_actions(shards=shards, pair_spec=pairs, params=labeling, work=folder)


@stage("inverse_dynamics")
def train_inverse_dynamics(  # noqa: PLR0917 - Kedro hands inputs over by position
    shards: ShardSet,
    pairs: PairSpec,
    inverse_dynamics: InverseDynamicsParams,
    dataset: str,
    labeled_episodes: int | None,
    labeled_fraction: float | None,
    labeled_balance: LabeledBalance,
    seed: int,
    folder: Path,
) -> Checkpoint:
    """Fit the model that guesses actions to the labelled episodes, the very ones that the policy will see."""
    episodes = LabeledEpisodes(
        dataset=dataset,
        labeled_episodes=labeled_episodes,
        labeled_fraction=labeled_fraction,
        labeled_balance=labeled_balance,
        seed=seed,
    )
    return train(
        "lapa.training.inverse_dynamics:fit",
        folder=folder,
        trainer=inverse_dynamics.trainer,
        shards=shards,
        episodes=episodes,
        pair_spec=pairs,
        params=inverse_dynamics,
    )


def _require_horizon(model: Checkpoint, pairs: PairSpec) -> None:
    kind = "quantiser" if model.kind == "laq" else "inverse dynamics model"
    require_same(
        f"horizon of the pairs of {kind} {model.path}",
        model.pair_spec.horizon_s,
        pairs.horizon_s,
        remedy="label with the horizon it was trained on, or train it again",
    )
