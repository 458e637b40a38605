"""All six arms from one command to one report; then one of them alone, from what the others left."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from lapa.metrics.glossary import training_entry
from lapa.params.arms import KNOWN
from toys.project import Project

NAMES = [arm.name for arm in KNOWN]
ACTIONS = {"inverse_dynamics", "action_pretrained"}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("project"))
    done = project.run(f"--params=arms={'+'.join(NAMES)}")
    assert done.returncode == 0, done.stderr + done.stdout
    return project


def record(project: Project, *place: str) -> dict[str, Any]:
    path = Path(project.folder, "data", *place, "record.json")
    facts: dict[str, Any] = json.loads(path.read_text())
    return facts


def test_the_report_has_every_arm_in_order(project: Project) -> None:
    page = project.reporting("report/report.html").read_text()
    for arm in KNOWN:
        assert arm.sentence.split(":")[0] in page
    with project.reporting("success.csv").open() as table:
        assert list(dict.fromkeys(row["arm"] for row in csv.DictReader(table))) == NAMES


def test_labels_say_what_made_them(project: Project) -> None:
    labels = {
        arm: record(project, "05_model_input/test/labels", arm) for arm in NAMES if arm != "scratch"
    }
    makers = {arm: facts["made_by"] for arm, facts in labels.items()}
    assert makers == {
        "lapa": "quantizer",
        "random_laq": "quantizer",
        "shuffled_codes": "permutation",
        "inverse_dynamics": "inverse_dynamics",
        "action_pretrained": "true_actions",
    }
    assert labels["shuffled_codes"]["histogram"] == labels["lapa"]["histogram"]
    for arm in ACTIONS:
        assert (labels[arm]["code_seq_len"], labels[arm]["codebook_size"]) == (4, 8)
        config = json.loads(
            (project.folder / "data/06_models/test" / arm / "foundation/config.json").read_text()
        )
        assert (config["code_seq_len"], config["codebook_size"]) == (4, 8)


def test_the_inverse_dynamics_model_saw_the_episodes_of_the_policy(project: Project) -> None:
    models = project.folder / "data/06_models/test/inverse_dynamics"
    guessing = json.loads((models / "inverse_dynamics/config.json").read_text())["stats"]
    policy = json.loads((models / "policy/config.json").read_text())["stats"]
    for fact in ("episodes", "episode_seed", "shard_digest"):
        assert guessing[fact] == policy[fact]


def test_its_metrics_are_in_the_glossary_and_in_mlflow(project: Project) -> None:
    curves = project.folder / "data/06_models/test/inverse_dynamics/inverse_dynamics/metrics.jsonl"
    logged = {name for line in curves.open() for name in json.loads(line)} - {"step"}
    assert "val/r2" in logged
    assert {name for name in logged if training_entry(name) is None} == set()
    _, arms = project.mlflow_runs()
    assert set(arms) == set(NAMES)
    assert "inverse_dynamics/val/r2" in arms["inverse_dynamics"].data.metrics


def test_another_choice_goes_on_from_what_is_there(project: Project) -> None:
    """Without `lapa`, an arm whose codes are actions learns them beside the real ones."""
    joint = "finetune.train=all,finetune.joint_latent_weight=0.5"
    done = project.run(
        f"--params=run=joint,reuse=test,arms=action_pretrained,{joint}",
        "--pipelines=finetune,evaluation",
    )
    assert done.returncode == 0, done.stderr + done.stdout
    labels = record(project, "05_model_input/test/labels/action_pretrained")
    policy = record(project, "06_models/joint/action_pretrained/policy")
    assert policy["inputs"]["labels"] == labels["digest"]
    assert (project.folder / "data/08_reporting/joint/report/report.html").is_file()


def test_a_wrong_choice_is_one_line(project: Project) -> None:
    done = project.run("--params=arms=lapa+scrach")
    assert done.returncode == 1
    assert "no arm 'scrach'; did you mean 'scratch'" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr + done.stdout
