"""The end-to-end test: `kedro run --env=test`, then again with nothing left to do."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from mlflow import MlflowClient

from lapa.hooks.preflight.runner import START
from lapa.metrics.glossary import report_entry, training_entry
from toys.paths import ROOT
from toys.project import Project
from toys.tampered_runs import CASES


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("project"))
    parameters = project.folder / "conf/test/parameters.yml"
    parameters.write_text(parameters.read_text().replace("plots: false", "plots: true"))
    done = project.run()
    assert done.returncode == 0, done.stderr + done.stdout
    return project


def test_the_report_is_one_self_contained_page(project: Project) -> None:
    page = project.reporting("report/report.html").read_text()
    for arm in ("lapa", "random_laq", "scratch"):
        assert arm in page
    assert "data:image/png;base64," in page
    assert 'src="http' not in page


def test_every_arm_faced_the_same_scenes(project: Project) -> None:
    def scenes(arm: str) -> object:
        outcomes = json.loads(project.reporting(f"policies/{arm}/outcomes.json").read_text())
        return {task: rows["seeds"] for task, rows in outcomes.items()}

    assert scenes("lapa") == scenes("random_laq") == scenes("scratch")


def test_the_scratch_folders_are_gone(project: Project) -> None:
    assert not any((project.folder / "data/.work/test").iterdir())


def test_one_mlflow_run_with_curves_and_three_nested_arms(project: Project) -> None:
    client = MlflowClient(tracking_uri=project.tracking_uri)
    (parent,), arms = project.mlflow_runs()
    assert set(arms) == {"lapa", "random_laq", "scratch"}
    assert {run.info.status for run in (parent, *arms.values())} == {"FINISHED"}
    assert parent.data.params["laq.trainer.max_steps"] == "12"
    assert arms["scratch"].data.params["finetune.trainer.batch_size"] == "8"
    assert parent.data.tags["kedro_command"] == "kedro run --env=test"
    assert "digest.laq_checkpoint" in parent.data.tags
    history = client.get_metric_history(parent.info.run_id, "laq/val/psnr_gain_over_copy")
    assert [point.step for point in history] == sorted({point.step for point in history})
    assert len(history) >= 2
    logged = {file.path for file in client.list_artifacts(parent.info.run_id)}
    assert logged == {"tabletop.clip_shards", "mixture", "laq_report", "laq_page", "report"}


def test_mlflow_shows_the_stages_of_an_arm_apart_and_the_headline_of_all(project: Project) -> None:
    (parent,), arms = project.mlflow_runs()
    stages = {arm: _stages_with_loss(run.data.metrics) for arm, run in arms.items()}
    pretrained = {"foundation", "policy"}
    assert stages == {"lapa": pretrained, "random_laq": pretrained, "scratch": {"policy"}}
    assert _stages_with_loss(parent.data.metrics) == {"laq"}
    shown = {name for name in parent.data.metrics if name.startswith("headline/")}
    assert {f"headline/success_reach_{arm}" for arm in arms} <= shown
    assert {"headline/laq_psnr_gain_over_copy", "headline/code_top1_lapa"} <= shown
    assert min(parent.data.metrics) in shown, "tables show them in alphabetical order"


def _stages_with_loss(metrics: dict[str, float]) -> set[str]:
    assert "train/loss" not in metrics
    return {name.removesuffix("/train/loss") for name in metrics if name.endswith("train/loss")}


OF_ARMS = "lapa.label_shards,random_laq.label_shards,scratch.initialize_foundation"
"""Where the arms begin; the quantiser is made."""


def test_arms_side_by_side_leave_the_same_in_mlflow_and_on_the_disk(
    project: Project, tmp_path: Path
) -> None:
    other = Project(tmp_path)
    shutil.copytree(project.folder / "data", tmp_path / "data")
    two = ("--runner=ParallelRunner", "--runner-params=max_workers=2")
    plots = "--params=evaluation.plots=true"
    fork = {START: "fork"}  # the process that tests run `kedro` in was started otherwise
    done = other.run(*two, f"--from-nodes={OF_ARMS}", plots, variables=fork)
    assert done.returncode == 0, done.stderr + done.stdout
    (expected, *arms), (found, *found_arms) = project.logged(), other.logged()
    assert len(arms) == 3
    assert found_arms == arms
    assert found["status"] == "FINISHED"
    lost = {name for name in expected["metrics"] - found["metrics"] if _is_of_an_arm(name)}
    assert lost == set()
    assert found["params"].items() <= expected["params"].items()
    assert "processor_seconds/write_report" in found["metrics"]
    assert "Times (peak memory" in done.stderr + done.stdout
    assert other.digests() == project.digests()


def _is_of_an_arm(metric: str) -> bool:
    return "lapa." in metric or "scratch." in metric or "success_reach_" in metric


def test_a_second_run_has_nothing_to_do(project: Project) -> None:
    done = project.run("--only-missing-outputs")
    assert done.returncode == 0, done.stderr
    assert "Skipping all 19 nodes" in done.stderr + done.stdout
    parents, _ = project.mlflow_runs()
    assert len(parents) == 1


def test_a_wrong_parameter_name_stops_before_any_node(project: Project) -> None:
    done = project.run("--params=laq.trainer.max_step=5")
    assert done.returncode != 0
    output = done.stderr + done.stdout
    assert "max_step" in output
    assert "Running node" not in output


def test_a_missing_artefact_is_named(project: Project) -> None:
    done = project.run("--pipelines=labeling", "--params=run=elsewhere")
    assert done.returncode != 0
    output = " ".join((done.stderr + done.stdout).split())
    assert "found no record.json" in output
    assert "elsewhere" in output


REFUSED = {
    "--env=tets": "no environment 'tets': .* did you mean 'test'",
    "--params=fundation.trainer.max_steps=3": "no parameter 'fundation'; did you mean 'foundation'",
    "--pipelines=labelling": "no pipeline 'labelling'; did you mean 'labeling'",
    "--params=run=../../escape": r"run name '\.\./\.\./escape' is no name",
}


@pytest.mark.parametrize("option", REFUSED)
def test_a_refusal_is_one_line_before_anything_is_made(tmp_path: Path, option: str) -> None:
    project = Project(tmp_path)
    done = project.run(option)
    assert done.returncode == 1
    assert re.search(REFUSED[option], done.stderr)
    assert "Traceback" not in done.stderr + done.stdout
    # Kedro looks for pipelines only after MLflow's store was opened
    assert option.startswith("--pipelines") or not (tmp_path / "mlflow.db").exists()
    assert not (tmp_path / "data").exists()


def test_what_was_made_with_other_parameters_is_named_with_both_values(project: Project) -> None:
    done = project.run("--only-missing-outputs", "--params=laq.trainer.max_steps=13")
    assert done.returncode == 0, done.stderr
    output = " ".join((done.stderr + done.stdout).split())
    assert re.search(r"laq_checkpoint is stale .*: laq\.trainer\.max_steps was 12, is 13", output)
    assert re.search(r"made from them \(lapa\.foundation_checkpoint, .*report", output)


def test_a_global_on_the_command_line_reaches_every_file(project: Project) -> None:
    """The shards were made for 0.1 s: asking for 0.3 s changes the pairs and what was ingested."""
    done = project.run("--only-missing-outputs", "--params=horizon_s=0.3")
    output = " ".join((done.stderr + done.stdout).split())
    assert "pairs.horizon_s was 0.1, is 0.3" in output
    assert "ingestion.max_horizon_s was 0.1, is 0.3" in output


@pytest.fixture(scope="module")
def outcomes(project: Project, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """How runs over tampered copies of the finished one end."""
    folder = tmp_path_factory.mktemp("tampered")
    done = subprocess.run(
        [sys.executable, ROOT / "tests/toys/tampered_runs.py", folder],
        cwd=project.folder,
        env=project.environment,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads((folder / "outcomes.json").read_text())
    return found


REASONS = {
    "nothing": r"^$",
    "byte in the quantiser's weights": r"SHA-256 of \S*/laq/model\.safetensors: found",
    "control's weights under the quantiser's record": r"SHA-256 of \S*/laq/model\.safetensors: found",
    "control's quantiser whole": r"laq holds 'random_laq_checkpoint' .*expected 'laq_checkpoint'",
    "control's backbone weights": r"SHA-256 of \S*/lapa/foundation/model\.safetensors: found",
    "control's policy whole": r"holds 'random_laq\.policy_checkpoint'.*'lapa\.policy_checkpoint'",
    "control's policy whole, anonymous": r"backbone that policy \S*/lapa/policy started from: found",
    "control's codes under this arm's record": r"digest of the label files in \S*/labels/lapa: found",
    "control's labels whole, anonymous": r"label set \S*/labels/lapa: quantiser digest: found",
    "byte in a policy's weights": r"SHA-256 of \S*/lapa/policy/model\.safetensors: found",
    "edited digest": r"seal of \S*/laq/record\.json: found",
    "edited ancestry": r"seal of \S*/laq/record\.json: found",
    "edited kind": r"seal of \S*/laq/record\.json: found",
    "edited report": r"digest of report \S*/laq: found",
    "raw episode replaced": r"digest of the raw episodes in \S*/tabletop: found",
    "policy of an older backbone": r"backbone that policy \S*/lapa/policy started from: found",
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_not_what_its_record_says_is_refused_by_name(
    case: str, outcomes: dict[str, str]
) -> None:
    assert re.search(REASONS[case], outcomes[case])


KILLED_STAGES = {
    "ingestion": ("data/.work/test/shards-*/shards/train/*.tar", "data/03_primary/test/tabletop"),
    "laq": ("data/.work/test/laq-*/resume/*.ckpt", "data/06_models/test/laq"),
}


def test_a_killed_run_leaves_nothing_half_written_and_a_rerun_completes(tmp_path: Path) -> None:
    project = Project(tmp_path)
    slower = "--params=ingestion.max_samples_per_shard=1,laq.trainer.max_steps=40"
    for pipeline, (sign, artefact) in KILLED_STAGES.items():
        options = (f"--pipelines={pipeline}", slower)
        project.run_until(sign, *options)
        assert not (project.folder / artefact).exists(), f"{artefact} is visible after a kill"
        done = project.run(*options, "--only-missing-outputs")
        assert done.returncode == 0, done.stderr + done.stdout
        assert (project.folder / artefact / "record.json").is_file()
    (run,), _ = project.mlflow_runs()
    assert run.info.status == "FINISHED"


def test_every_logged_metric_is_in_the_glossary(project: Project) -> None:
    curves = list((project.folder / "data/06_models/test").rglob("metrics.jsonl"))
    stages = {"laq", "foundation", "policy"}
    assert stages <= {file.parent.name for file in curves}
    logged = {name for file in curves for line in file.open() for name in json.loads(line)}
    assert {name for name in logged - {"step"} if training_entry(name) is None} == set()
    records = list((project.folder / "data/08_reporting/test").rglob("record.json"))
    arms = [arm for file in records for arm in json.loads(file.read_text())["metrics"].values()]
    reported = {metric["name"] for arm in arms for metric in arm}
    assert {"psnr_gain_over_copy", "success/reach", "lapa - scratch/reach"} <= reported
    assert {name for name in reported if report_entry(name) is None} == set()
