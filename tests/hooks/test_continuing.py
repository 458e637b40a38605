"""One experiment is one MLflow run, whatever number of commands and crashes it takes."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys

import mlflow
import pytest
from kedro.pipeline import Node, Pipeline
from mlflow.exceptions import MlflowException
from mlflow.tracking._tracking_service import utils

from lapa.hooks.continuing import PROCESS_TAG, RUN_TAG
from lapa.params.base import OptimizerParams
from lapa.refused import RefusedError
from lapa.tracking.process import is_gone, this_process
from toys.faults import Faults
from toys.hooked_project import HookedProject

PARAMETERS = OptimizerParams(learning_rate=0.5)


def train(parameters: OptimizerParams) -> float:
    return parameters.learning_rate


def fail(parameters: OptimizerParams) -> float:
    raise RuntimeError("out of memory")


def pipeline(function: object = train, arm: str | None = None) -> Pipeline:
    node = Node(function, inputs="params:stage", outputs="model", name="train")
    return Pipeline([node], namespace=arm, parameters={"params:stage"} if arm else None)


def test_a_second_command_continues_the_run(project: HookedProject) -> None:
    project.run(pipeline(), params__stage=PARAMETERS)
    project.run(pipeline(), params__stage=PARAMETERS)
    (run,) = project.runs()
    assert run.info.status == "FINISHED"
    assert run.data.params["stage.learning_rate"] == "0.5"


def test_the_arms_of_an_earlier_command_are_found_again(project: HookedProject) -> None:
    for arm in ("lapa", "scratch", "lapa"):
        project.run(pipeline(arm=arm), params__stage=PARAMETERS)
    arms = project.runs(nested=True)
    assert [run.info.run_name for run in arms] == ["lapa", "scratch"]
    assert {run.data.tags["mlflow.parentRunId"] for run in arms} == {project.runs()[0].info.run_id}


def test_a_failed_command_is_continued(project: HookedProject) -> None:
    with pytest.raises(RuntimeError, match="out of memory"):
        project.run(pipeline(fail), params__stage=PARAMETERS)
    (failed,) = project.runs()
    assert failed.info.status == "FAILED"
    assert "out of memory" in failed.data.tags["mlflow.note.content"]
    project.run(pipeline(), params__stage=PARAMETERS)
    (run,) = project.runs()
    assert run.info.status == "FINISHED"
    assert "out of memory" not in run.data.tags["mlflow.note.content"]


def test_changed_parameters_begin_a_new_run(project: HookedProject) -> None:
    project.run(pipeline(), params__stage=PARAMETERS)
    project.run(pipeline(), params__stage=OptimizerParams(learning_rate=0.25))
    first, second = project.runs()
    assert first.data.params["stage.learning_rate"] == "0.5"
    assert second.data.params["stage.learning_rate"] == "0.25"
    assert first.info.run_name == second.info.run_name == "toy"


def test_a_killed_run_does_not_run_for_ever_and_is_continued(
    project: HookedProject, faults: Faults
) -> None:
    project.run(pipeline(arm="lapa"), params__stage=PARAMETERS)
    dead = json.dumps(json.loads(this_process()) | {"pid": finished_pid()})
    for run in (*project.runs(), *project.runs(nested=True)):
        project.client.set_tag(run.info.run_id, PROCESS_TAG, dead)
        project.client.update_run(run.info.run_id, "RUNNING")
    project.run(pipeline(), params__stage=PARAMETERS)
    (run,) = project.runs()
    (arm,) = project.runs(nested=True)
    assert (run.info.status, arm.info.status) == ("FINISHED", "KILLED")
    faults.tell(
        "kill -9 leaves RUNNING in MLflow",
        happened="the next command continues the run",
        intact="nothing is RUNNING for ever",
    )


def test_a_run_is_known_from_its_first_moment(
    project: HookedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before its next step, it is neither left running for ever nor missing from its study."""

    def die(*_: object) -> None:
        raise SystemExit(9)

    monkeypatch.setattr("mlflow.set_tags", die)
    with pytest.raises(SystemExit):
        project.run(pipeline(), params__stage=PARAMETERS)
    mlflow.end_run()
    (run,) = project.runs()
    assert (run.data.tags[RUN_TAG], run.data.tags[PROCESS_TAG]) == ("toy", this_process())


def test_a_run_that_another_process_still_makes_is_left_alone(project: HookedProject) -> None:
    project.run(pipeline(), params__stage=PARAMETERS)
    (run,) = project.runs()
    project.client.update_run(run.info.run_id, "RUNNING")
    project.run(pipeline(), params__stage=PARAMETERS)
    assert [run.info.status for run in project.runs()] == ["RUNNING", "FINISHED"]


def finished_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        ({"job": "7"}, False),  # this very process
        ({"pid": 1, "started": "0"}, True),  # the pid was given to another process
        ({"boot": "before the reboot"}, True),
        ({"host": "elsewhere"}, False),
        ({"host": "elsewhere", "job": "7"}, True),  # this job, requeued to another machine
        ({"host": "elsewhere", "job": "8"}, False),
    ],
)
def test_when_a_process_is_surely_gone(
    change: dict[str, object], gone: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLURM_JOB_ID", "7")
    owner = json.loads(this_process()) | {"job": ""} | change
    assert is_gone(json.dumps(owner)) == gone


class Away:
    """A store whose server does not answer."""

    def __getattr__(self, name: str) -> object:
        raise MlflowException("connection refused")


def report_loss(parameters: OptimizerParams) -> float:
    for step in (1, 2):
        mlflow.log_metric("train/loss", parameters.learning_rate / step, step=step)
    mlflow.log_text("page", "report/report.html")
    return parameters.learning_rate


def test_a_run_begun_while_mlflow_is_away_is_copied_by_the_next_command(
    project: HookedProject, monkeypatch: pytest.MonkeyPatch, faults: Faults
) -> None:
    monkeypatch.chdir(project.folder)
    project.run(pipeline(), params__stage=PARAMETERS)
    store = utils._get_store(f"sqlite:///{project.folder}/mlflow.db")  # type: ignore[no-untyped-call]
    there, store._store = store._store, Away()
    for _ in range(2):  # the second continues the first
        with pytest.warns(
            UserWarning, match=r"MLflow at .* is away .*refused.* The run goes on in"
        ):
            project.run(pipeline(report_loss, arm="lapa"), params__stage=PARAMETERS)
    store._store = there
    project.run(pipeline(arm="scratch"), params__stage=PARAMETERS)
    first, begun = project.runs()
    arms = project.runs(nested=True)
    assert [(run.info.run_name, run.info.status) for run in (begun, *arms)] == [
        ("toy", "FINISHED"),
        ("lapa", "FINISHED"),
        ("scratch", "FINISHED"),
    ]
    assert {run.data.tags["mlflow.parentRunId"] for run in arms} == {begun.info.run_id}
    assert arms[0].data.params["stage.learning_rate"] == "0.5"
    history = project.client.get_metric_history(arms[0].info.run_id, "train/loss")
    assert {(point.step, point.value) for point in history} == {(1, 0.5), (2, 0.25)}
    files = project.client.list_artifacts(arms[0].info.run_id, "report")
    assert [file.path for file in files] == ["report/report.html"]
    assert first.info.run_id != begun.info.run_id
    assert not list(project.folder.glob(".mlflow-away/*/*"))
    faults.tell(
        "MLflow away at the start of a run",
        happened="one warning; the run goes on in a database of its own",
        intact="the run, its arms, metrics and files: the next command copies them",
    )


def test_a_run_that_is_named_is_not_begun_while_mlflow_is_away(
    project: HookedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.folder)
    settings = project.folder / "conf/base/mlflow.yml"
    text = settings.read_text().replace("name: toy", "name: toy, id: abc")
    settings.write_text(text.replace(f"sqlite:///{project.folder}/mlflow.db", "http://127.0.0.1:9"))
    with pytest.raises(RefusedError, match="mlflow_run_id=abc is a run of MLflow at http"):
        project.run(pipeline(), params__stage=PARAMETERS)


def locked(parameters: OptimizerParams, database: str) -> float:
    """Train while somebody else holds the database."""
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    mlflow.log_metric("train/loss", parameters.learning_rate, step=1)
    other.execute("ROLLBACK")
    other.close()
    return parameters.learning_rate


@pytest.mark.filterwarnings("ignore:MLflow at .* is away")
def test_a_locked_database_costs_no_metric(
    project: HookedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(project.folder)
    node = Node(locked, inputs=["params:stage", "database"], outputs="model", name="train")
    database = f"{project.folder}/mlflow.db"
    project.run(Pipeline([node]), params__stage=PARAMETERS, database=database)
    (run,) = project.runs()
    assert (run.info.status, run.data.metrics["train/loss"]) == ("FINISHED", 0.5)
    assert {"seconds/train", "processor_seconds/train"} <= set(run.data.metrics)
    assert not list(project.folder.glob(".mlflow-away/*/*"))
