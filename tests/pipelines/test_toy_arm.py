"""An arm is one entry: every stage has its nodes, and they run up to the arm's report."""

from __future__ import annotations

from pathlib import Path

import pytest
from kedro.io import DataCatalog, MemoryDataset
from kedro.pipeline import Pipeline
from kedro.runner import SequentialRunner

from lapa.evaluation.plots.style import ARM_COLORS
from lapa.params.arms import KNOWN
from lapa.params.evaluation import EvaluationParams
from lapa.params.finetune import FinetuneParams
from lapa.params.labeling import LabelingParams
from lapa.pipelines import evaluation, finetune, foundation, labeling
from lapa.records import Checkpoint, EvaluationReport, PairSpec
from toys.arm_toy import NO_CODES, OTHER_CODES
from toys.shards import tiny_shard_set
from toys.stages import TRAINER, foundation_params, quantizer

TOYS = (OTHER_CODES, NO_CODES)
PROBE = {"folds": 2, "resamples": 20, "max_iterations": 5}


class Kept(MemoryDataset):
    """Stays readable when the last node that reads it has run."""

    def _release(self) -> None:
        pass


def stages() -> Pipeline:
    rooms = (labeling, foundation, finetune, evaluation)
    return sum((room.create_pipeline(arms=TOYS) for room in rooms), Pipeline([]))


def test_an_arm_has_a_node_in_every_stage() -> None:
    of_arms = {node.name for node in stages().nodes if node.namespace}
    assert of_arms == {
        "other_codes.label_shards",
        "other_codes.train_foundation",
        "other_codes.train_policy",
        "other_codes.evaluate_policy",
        "no_codes.initialize_foundation",
        "no_codes.train_policy",
        "no_codes.evaluate_policy",
    }


def test_an_arm_reads_its_own_quantizer_and_shares_the_rest() -> None:
    arms = stages().only_nodes_with_namespaces(["other_codes", "no_codes"])
    shared = {name for name in arms.inputs() if not name.startswith("params:")}
    assert shared == {"mixture", "tabletop.clip_shards", "other_checkpoint"}


def test_the_report_takes_every_arm_in_order() -> None:
    (report,) = (node for node in stages().nodes if node.name == "write_report")
    taken = [name for name in report.inputs if name.endswith("policy_report")]
    assert taken == ["other_codes.policy_report", "no_codes.policy_report"]


def test_arms_of_the_package_are_told_apart() -> None:
    assert len({arm.name for arm in KNOWN}) == len(KNOWN)
    assert len({arm.sentence for arm in KNOWN}) == len(KNOWN)
    assert len(set(ARM_COLORS.values())) == len(KNOWN)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DataCatalog:
    """What the nodes of both arms make of toy shards."""
    work = tmp_path_factory.mktemp("work")
    shards = tiny_shard_set(work / "shards")
    spec = PairSpec(horizon_s=shards.max_horizon_s)
    settings = {"labeled_episodes": 4, "optimizer": {"warmup_steps": 1}, "trainer": TRAINER}
    given = {
        "mixture": shards,
        "tabletop.clip_shards": shards,
        "other_checkpoint": quantizer(shards, spec, work, seed=0),
        "params:pairs": spec,
        "params:labeling": LabelingParams(num_threads=1),
        "params:foundation": foundation_params(shards),
        "params:finetune": FinetuneParams.model_validate(settings),
        "params:evaluation": EvaluationParams.model_validate({"rollout": None, "probe": PROBE}),
        "params:work": str(work / "scratch"),
    }
    arms = stages().only_nodes_with_namespaces([arm.name for arm in TOYS])
    outputs = {name: Kept() for name in arms.all_outputs()}
    catalog = DataCatalog({name: Kept(value) for name, value in given.items()} | outputs)
    SequentialRunner().run(arms, catalog)
    return catalog


def test_an_arm_is_pretrained_on_the_codes_it_names(made: DataCatalog) -> None:
    backbone = made["other_codes.foundation_checkpoint"].load()
    assert isinstance(backbone, Checkpoint)
    assert backbone.inputs["laq"] == made["other_checkpoint"].load().digest
    assert backbone.inputs["labels"] == made["other_codes.latent_labels"].load().digest
    assert backbone.step > 0
    assert made["no_codes.foundation_checkpoint"].load().step == 0


@pytest.mark.parametrize("arm", [arm.name for arm in TOYS])
def test_an_arm_is_measured(made: DataCatalog, arm: str) -> None:
    report = made[f"{arm}.policy_report"].load()
    assert isinstance(report, EvaluationReport)
    assert report.inputs["policy"] == made[f"{arm}.policy_checkpoint"].load().digest
    assert Path(report.path).is_dir()
