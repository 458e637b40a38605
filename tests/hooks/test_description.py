"""What an MLflow run says about itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from kedro.pipeline import Node, Pipeline

from lapa.hooks.description import command, describe, git_state
from lapa.params.base import OptimizerParams
from lapa.records import (
    Checkpoint,
    DatasetFacts,
    EvaluationReport,
    FrameCodec,
    Metric,
    PairSpec,
    ShardSet,
)
from toys.hooked_project import HookedProject

SHARDS = ShardSet(
    path="data/clips",
    codec=FrameCodec(image_size=64),
    max_horizon_s=0.1,
    datasets={name: DatasetFacts(fps=10, episodes=3) for name in ("tabletop", "bridge")},
    splits={},
    digest="ab" * 32,
)


def learn(shards: ShardSet, parameters: OptimizerParams) -> Checkpoint:
    return Checkpoint(
        path="model",
        kind="foundation",
        step=1,
        digest="cd" * 32,
        inputs={"shards": shards.digest},
        pair_spec=PairSpec(horizon_s=0.1),
        metrics={"val/top1": 0.7, "val/decoded_top1": 0.6, "val/top1_majority": 0.3},
        code_version="0",
    )


def measure(checkpoint: Checkpoint) -> EvaluationReport:
    measured = {"success/reach": 0.8, "action/mae_normalized": 0.1, "action/mae/dx": 2.0}
    figures = tuple(Metric(name=name, value=value) for name, value in measured.items())
    return EvaluationReport(path="nowhere", metrics={"policy": figures})


def run_one_arm(project: HookedProject) -> None:
    learned = Node(learn, ["clip_shards", "params:stage"], "foundation_checkpoint", name="learn")
    measured = Node(measure, "foundation_checkpoint", "policy_report", name="measure")
    pipeline = Pipeline(
        [learned, measured], namespace="lapa", inputs="clip_shards", parameters="params:stage"
    )
    project.run(pipeline, clip_shards=SHARDS, params__stage=OptimizerParams())


def test_the_experiment_opens_as_training(project: HookedProject) -> None:
    run_one_arm(project)
    assert project.experiment.tags["mlflow.experimentKind"] == "custom_model_development"


def test_tags_and_description_tell_what_was_run(project: HookedProject) -> None:
    run_one_arm(project)
    tags = project.runs()[0].data.tags
    assert tags["kedro_command"] == command(sys.argv)
    assert (tags["env"], tags["lapa.run"]) == ("test", "toy")
    assert not {"runner", "run_id"} & set(tags)
    note = tags["mlflow.note.content"]
    assert tags["kedro_command"] in note
    assert "| success_reach_lapa | 0.8 |" in note
    assert tags["digest.clip_shards"] == SHARDS.digest


def test_datasets_are_inputs_of_the_run_and_of_its_arm(project: HookedProject) -> None:
    run_one_arm(project)
    for run in (*project.runs(), *project.runs(nested=True)):
        found = {inputs.dataset.name: inputs.dataset for inputs in run.inputs.dataset_inputs}
        assert set(found) == {"tabletop", "bridge"}
        assert SHARDS.digest.startswith(found["bridge"].digest)
        assert SHARDS.path in found["bridge"].source


def test_arms_have_parameters_and_the_same_headline_columns(project: HookedProject) -> None:
    run_one_arm(project)
    (arm,) = project.runs(nested=True)
    assert arm.data.params["stage.weight_decay"] == "0.01"
    assert arm.data.metrics == {
        "headline/success_reach": 0.8,
        "headline/action_mae_normalized": 0.1,
        "headline/code_top1": 0.6,
        "headline/code_top1_commonest": 0.3,
        "report/success/reach": 0.8,
        "report/action/mae/dx": 2.0,
        "report/action/mae_normalized": 0.1,
    }
    parent = project.runs()[0].data.metrics
    assert parent["headline/success_reach_lapa"] == 0.8
    assert min(parent).startswith("headline/")


def test_long_parameters_become_tags_and_odd_names_are_mended(project: HookedProject) -> None:
    node = Node(lambda given: given, "params:stage", "copy", name="copy")
    given = {"sources": "x" * 7000, "of set": {"a*b": 1}}
    project.run(Pipeline([node]), params__stage=given)
    (run,) = project.runs()
    assert run.data.params == {"stage.of set.a_b": "1"}
    assert len(run.data.tags["stage.sources"]) > 5000


def test_the_command_ends_with_the_address_of_its_page(
    project: HookedProject, capsys: pytest.CaptureFixture[str]
) -> None:
    run_one_arm(project)
    (run,) = project.runs()
    page = f"http://127.0.0.1:5000/#/experiments/1/runs/{run.info.run_id}"
    assert f"Curves: {page}?workflowType=machine_learning" in capsys.readouterr().err


def test_the_command_can_be_pasted() -> None:
    typed = ["/venv/bin/kedro", "run", "--params=run=a b", "--env=test"]
    assert command(typed) == "kedro run '--params=run=a b' --env=test"


def test_the_description_shows_the_headline_alone() -> None:
    metrics = {"headline/success_reach": 0.86, "seconds/train_laq": 30.0}
    page = describe("main", {"kedro_command": "kedro run", "env": "base"}, metrics, "finished")
    assert "| success_reach | 0.86 |" in page
    assert "seconds" not in page


def test_the_commit_says_whether_files_differ(tmp_path: Path) -> None:
    assert git_state(tmp_path) == ("", False)

    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
        done = subprocess.run(
            ["git", "-C", tmp_path, *identity, *arguments],
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    git("init", "--quiet")
    (tmp_path / "file").write_text("1")
    git("add", "file")
    git("commit", "--quiet", "--message=first")
    commit = git("rev-parse", "HEAD")
    assert git_state(tmp_path) == (commit, False)
    (tmp_path / "file").write_text("2")
    assert git_state(tmp_path) == (commit, True)
