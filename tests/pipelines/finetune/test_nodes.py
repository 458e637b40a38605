"""Finetuning through the pipeline: labels and quantisers reach the arms that have them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Pipeline
from kedro.runner import SequentialRunner
from safetensors.torch import load_file

from lapa.models.laq.storage import load_laq
from lapa.params.finetune import FinetuneParams
from lapa.params.labeling import LabelingParams
from lapa.pipelines import finetune, foundation, labeling
from lapa.pipelines.finetune import nodes
from lapa.records import Checkpoint, LabelSet, PairSpec
from toys.shards import tiny_shard_set
from toys.stages import TRAINER, foundation_params, quantizer

ARTEFACTS: dict[str, Any] = dict.fromkeys(["shards", "foundation"], None)


def params(**changes: Any) -> FinetuneParams:
    optimizer = {"warmup_steps": 1}
    trainer = TRAINER | {"log_every": 1}
    values = {"labeled_episodes": 4, "optimizer": optimizer, "trainer": trainer, **changes}
    return FinetuneParams.model_validate(values)


JOINT = params(train="all", joint_latent_weight=0.5)
CODEBOOK = params(
    train="head",
    head={"kind": "mlp", "hidden_dims": [8], "embedding_dim": 4, "embeddings": "codebook"},
)


def test_every_pretrained_arm_gets_its_own_labels_and_quantizer() -> None:
    inputs = {node.namespace: set(node.inputs) for node in finetune.create_pipeline().nodes}
    for arm, laq in (("lapa", "laq_checkpoint"), ("random_laq", "random_laq_checkpoint")):
        assert {f"{arm}.latent_labels", laq, "mixture"} <= inputs[arm]
    own = {"tabletop.clip_shards", "scratch.foundation_checkpoint"}
    assert inputs["scratch"] == own | {"params:finetune", "params:work"}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the node asks to be trained."""
    seen: dict[str, Any] = {}
    monkeypatch.setattr(nodes, "train", lambda task, **arguments: seen.update(arguments))
    return seen


LABELS = LabelSet.model_construct(made_by="quantizer", digest="labels")
OFFERED: dict[str, Any] = {"labels": LABELS, "laq": "laq", "mixture": "mixture"}


@pytest.mark.parametrize(
    ("settings", "used"), [(params(), set()), (JOINT, {"labels", "mixture"}), (CODEBOOK, {"laq"})]
)
def test_what_is_not_used_is_not_handed_on(
    settings: FinetuneParams, used: set[str], asked: dict[str, Any], tmp_path: Path
) -> None:
    nodes.train_policy(**ARTEFACTS, **OFFERED, finetune=settings, work=str(tmp_path))
    assert OFFERED.keys() & asked.keys() == used


@pytest.mark.parametrize("settings", [JOINT, CODEBOOK])
def test_an_arm_without_codes_trains_without_them(
    settings: FinetuneParams, asked: dict[str, Any], tmp_path: Path
) -> None:
    nodes.train_policy(**ARTEFACTS, finetune=settings, work=str(tmp_path))
    assert asked["params"] == settings
    assert not OFFERED.keys() & asked.keys()


def lapa_arm() -> Pipeline:
    stages = (labeling, foundation, finetune)
    whole = sum((stage.create_pipeline() for stage in stages), Pipeline([]))
    return whole.only_nodes_with_namespaces(["lapa"])


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    work = tmp_path_factory.mktemp("work")
    shards = tiny_shard_set(work / "shards")
    spec = PairSpec(horizon_s=shards.max_horizon_s)
    return {
        "mixture": shards,
        "tabletop.clip_shards": shards,
        "laq_checkpoint": quantizer(shards, spec, work, seed=0),
        "params:pairs": spec,
        "params:labeling": LabelingParams(num_threads=1),
        "params:foundation": foundation_params(shards),
    }


def finetuned(inputs: dict[str, Any], settings: FinetuneParams, work: Path) -> Checkpoint:
    values = {**inputs, "params:finetune": settings, "params:work": str(work)}
    outputs = ("latent_labels", "foundation_checkpoint", "policy_checkpoint")
    made = {f"lapa.{name}": MemoryDataset() for name in outputs}
    catalog = DataCatalog({n: MemoryDataset(value) for n, value in values.items()} | made)
    SequentialRunner().run(lapa_arm(), catalog)
    policy = catalog["lapa.policy_checkpoint"].load()
    assert isinstance(policy, Checkpoint)
    return policy


def test_codes_and_actions_are_learnt_together(inputs: dict[str, Any], tmp_path: Path) -> None:
    policy = finetuned(inputs, JOINT, tmp_path)
    (labels,) = tmp_path.glob("labels-*/labels")
    assert policy.inputs["labels"] == LabelSet.read(labels).digest
    (curves,) = tmp_path.glob("policy-*/metrics.jsonl")
    assert "train/latent_loss" in curves.read_text()


def test_the_head_on_codes_starts_from_the_codebook(inputs: dict[str, Any], tmp_path: Path) -> None:
    still = CODEBOOK.optimizer.model_copy(
        update={"learning_rate": 1e-12, "final_learning_rate": 1e-12}
    )
    policy = finetuned(inputs, CODEBOOK.model_copy(update={"optimizer": still}), tmp_path)
    laq = inputs["laq_checkpoint"]
    assert policy.inputs["laq"] == laq.digest
    found = load_file(Path(policy.path) / "model.safetensors")["head.embedding.weight"]
    torch.testing.assert_close(found, load_laq(Path(laq.path)).quantizer.codebook_rows())
