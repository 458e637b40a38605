"""Finetuning through the pipeline: labels reach the arms that have some, and no others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Pipeline
from kedro.runner import SequentialRunner

from factories import tiny_shard_set
from lapa.params.finetune import FinetuneParams
from lapa.params.labeling import LabelingParams
from lapa.pipelines import finetune, foundation, labeling
from lapa.pipelines.finetune import nodes
from lapa.records import Checkpoint, LabelSet, PairSpec
from pipelines.toy_stages import TRAINER, foundation_params, quantiser

ARTEFACTS: dict[str, Any] = dict.fromkeys(["shards", "foundation"], None)


def params(**changes: Any) -> FinetuneParams:
    optimiser = {"warmup_steps": 1}
    trainer = TRAINER | {"log_every": 1}
    values = {"labelled_episodes": 4, "optimiser": optimiser, "trainer": trainer, **changes}
    return FinetuneParams.model_validate(values)


JOINT = params(train="all", joint_latent_weight=0.5)


def test_every_arm_with_labels_gets_its_own() -> None:
    inputs = {node.namespace: set(node.inputs) for node in finetune.create_pipeline().nodes}
    for arm in ("lapa", "random_laq"):
        assert f"{arm}.latent_labels" in inputs[arm]
    common = {"clip_shards", "scratch.foundation_checkpoint", "params:finetune", "params:work"}
    assert inputs["scratch"] == common


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the node asks to be trained."""
    seen: dict[str, Any] = {}
    monkeypatch.setattr(nodes, "train", lambda task, **arguments: seen.update(arguments))
    return seen


def test_labels_decide_nothing_unless_they_are_used(asked: dict[str, Any]) -> None:
    """The scratch folder carries a digest of all that decides the result."""
    nodes.train_policy(**ARTEFACTS, finetune=params(), work="", labels="labels")  # type: ignore[arg-type]
    assert "labels" not in asked
    nodes.train_policy(**ARTEFACTS, finetune=JOINT, work="", labels="labels")  # type: ignore[arg-type]
    assert asked["labels"] == "labels"


def test_an_arm_without_labels_is_refused_before_training(asked: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"joint_latent_weight is 0\.5.*--namespaces=lapa"):
        nodes.train_policy(**ARTEFACTS, finetune=JOINT, work="")
    assert not asked


def lapa_arm() -> Pipeline:
    stages = (labeling, foundation, finetune)
    whole = sum((stage.create_pipeline() for stage in stages), Pipeline([]))
    return whole.only_nodes_with_namespaces(["lapa"])


def test_codes_and_actions_are_learnt_together(tmp_path: Path) -> None:
    shards = tiny_shard_set(tmp_path / "shards")
    spec = PairSpec(horizon_s=shards.max_horizon_s)
    values = {
        "clip_shards": shards,
        "laq_checkpoint": quantiser(shards, spec, tmp_path, seed=0),
        "params:pairs": spec,
        "params:labeling": LabelingParams(num_threads=1),
        "params:foundation": foundation_params(shards),
        "params:finetune": JOINT,
        "params:work": str(tmp_path),
    }
    outputs = ("latent_labels", "foundation_checkpoint", "policy_checkpoint")
    made = {f"lapa.{name}": MemoryDataset() for name in outputs}
    catalog = DataCatalog({n: MemoryDataset(value) for n, value in values.items()} | made)
    SequentialRunner().run(lapa_arm(), catalog)
    policy = catalog["lapa.policy_checkpoint"].load()
    assert isinstance(policy, Checkpoint)
    (labels,) = tmp_path.glob("labels-*/labels")
    assert policy.inputs["labels"] == LabelSet.read(labels).digest
    (curves,) = tmp_path.glob("policy-*/metrics.jsonl")
    assert "train/latent_loss" in curves.read_text()
