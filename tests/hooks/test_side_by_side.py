"""Nodes in processes of their own leave in MLflow what they leave there one after the other."""

from __future__ import annotations

import os
import pickle
import time
from typing import Any

import click
import pytest
from kedro.pipeline import Node, Pipeline
from mlflow.entities import Run

from lapa.hooks.preflight.runner import START, require_runner
from lapa.records import Checkpoint, PairSpec
from lapa.refused import RefusedError
from lapa.stopped import StoppedError
from toys.hooked_project import HookedProject

ARMS = ("lapa", "scratch")
NODES = [f"{arm}.{name}" for arm in ARMS for name in ("begin", "train", "look")]


def begin(settings: dict[str, int], seed: int) -> Checkpoint:
    time.sleep(0.05)
    return Checkpoint(
        path="/made",
        kind="foundation",
        step=seed,
        digest="d" * 64,
        inputs={},
        pair_spec=PairSpec(horizon_s=0.5),
        metrics={"val/top1": 0.5, "val/top1_majority": 0.25},
        code_version="1",
    )


def train(made: Checkpoint, settings: dict[str, int]) -> Checkpoint:
    return made.model_copy(update={"step": os.getpid()})


def look(made: Checkpoint, settings: dict[str, int]) -> int:
    return made.step


def refuse(settings: dict[str, int]) -> int:
    raise RefusedError("no such thing")


def _arm(name: str) -> Pipeline:
    nodes = [
        Node(begin, ["params:settings", "params:seed"], "made", name="begin"),
        Node(train, ["made", "params:settings"], "policy", name="train"),
        Node(look, ["made", "params:settings"], "seen", name="look"),
    ]
    return Pipeline(nodes, namespace=name, parameters={"params:settings", "params:seed"})


PIPELINE = sum(map(_arm, ARMS), Pipeline([]))
PARAMETERS: dict[str, Any] = {
    "params__settings": {f"name_{i}": i for i in range(40)},
    "params__seed": 3,
}


@pytest.fixture
def runs(project: HookedProject) -> tuple[list[Run], list[Run]]:
    """The run of the pipeline first, then those of the arms: one after the other, and side by side."""
    project.run(PIPELINE, **PARAMETERS)
    before = [*project.runs(), *project.runs(nested=True)]
    known = {run.info.run_id for run in before}
    project.client.set_tag(before[0].info.run_id, "lapa.run", "another")
    project.run(PIPELINE, side_by_side=True, **PARAMETERS)
    everything = [*project.runs(), *project.runs(nested=True)]
    return before, [run for run in everything if run.info.run_id not in known]


def test_mlflow_has_the_same_names_in_the_same_runs(runs: tuple[list[Run], list[Run]]) -> None:
    sequential, parallel = ({run.info.run_name: run.data for run in side} for side in runs)
    assert len(runs[1]) == len(runs[0]) == 3
    assert {run.info.status for run in runs[1]} == {"FINISHED"}
    for name, data in sequential.items():
        other = parallel[name]
        assert other.params == data.params
        assert other.metrics.keys() == data.metrics.keys()
        assert other.tags.keys() == data.tags.keys()
    times = {f"{kind}/{node}" for node in NODES for kind in ("seconds", "processor_seconds")}
    assert times <= parallel["toy"].metrics.keys()


def test_what_a_node_refuses_is_one_message(project: HookedProject) -> None:
    pipeline = Pipeline([Node(refuse, "params:settings", "made", name="begin")])
    with click.Context(click.Command("run")), pytest.raises(click.ClickException) as raised:
        project.run(pipeline, side_by_side=True, params__settings={"a": 1})
    assert raised.value.message == "no such thing"
    assert [run.info.status for run in project.runs()] == ["FAILED"]


def test_threads_are_refused() -> None:
    with pytest.raises(RefusedError, match="ThreadRunner, expected SequentialRunner or Parallel"):
        require_runner("<kedro.runner.thread_runner.ThreadRunner object>", side_by_side=False)


def test_processes_that_begin_empty_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(START, "spawn")
    require_runner("<SequentialRunner object>", side_by_side=False)
    with pytest.raises(RefusedError, match=r"'spawn', expected 'fork'.*set KEDRO_MP_CONTEXT=fork"):
        require_runner("<ParallelRunner object>", side_by_side=True)


def test_a_stop_is_the_same_in_another_process() -> None:
    stop = pickle.loads(pickle.dumps(StoppedError(15)))  # noqa: S301 - our own
    assert (stop.signum, stop.code) == (15, 143)
