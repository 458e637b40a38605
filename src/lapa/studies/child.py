"""One run of a study, in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Mapping
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project

from lapa.config import CONFIG_LOADER_ARGS, ConfigLoader
from lapa.config.experiment import choose_experiment
from lapa.params.experiment import Experiment
from lapa.params.reuse import reused_among
from lapa.studies.mlflow_runs import closed_if_interrupted, describe_cell
from lapa.studies.orders import CellOrder, RunOrder
from lapa.studies.results import write_result
from lapa.studies.spent import counted, seconds_spent

COLUMNS = "160"
"""Width of the log."""


def carry_out(
    *,
    order: RunOrder,
    further: Mapping[str, str],
    project: Path,
    code: str,
    log: Path,
    threads: int,
) -> None:
    """Make a run, and write the result if it is that of a cell; what it says goes to a file.

    Args:
        order: the run.
        further: parameters beside those of the run.
        project: folder of the project.
        code: version of the code, read when the study began: what is committed meanwhile is not what runs.
        log: file that standard output and errors are appended to.
        threads: torch threads.
    """
    import torch  # noqa: PLC0415 - whoever only plans a study need not wait for it

    _write_to(log)
    _end_with_parent()
    torch.set_num_threads(threads)
    os.chdir(project)
    bootstrap_project(project)
    with counted(order.scratch):
        _run(order, {**order.parameters, **further}, project)
    if isinstance(order, CellOrder):
        _keep(order, code=code)


def _run(order: RunOrder, parameters: dict[str, Any], project: Path) -> None:
    """`lapa run --only-missing-outputs` up to the outputs, without nodes whose artefacts are another run's."""
    env = order.configuration.env
    loader = ConfigLoader("conf", env=env, runtime_params=parameters, **CONFIG_LOADER_ARGS)
    choose_experiment(Experiment.of(loader["parameters"]))
    wanted = pipelines["__default__"].to_outputs(*order.outputs)
    own = [node.name for node in wanted.nodes if not reused_among(node.outputs, order.reads)]
    session: Any = KedroSession.create(project, env=env, runtime_params=parameters)
    with session, closed_if_interrupted():
        session.run(node_names=own, only_missing_outputs=True)


def _keep(order: CellOrder, *, code: str) -> None:
    """Write the result of a cell, whole, and its place in the grid into MLflow."""
    from lapa.studies.collect import collect  # noqa: PLC0415 - it loads torch

    result = collect(order, seconds=seconds_spent(order.scratch), code=code)
    # the result last: killed in between, the cell is made known to MLflow when the study goes on
    describe_cell(order.name, result)
    write_result(result, order.result)


def _write_to(log: Path) -> None:
    os.environ["COLUMNS"] = COLUMNS
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)


def _end_with_parent() -> None:
    """Stop when the study is gone, killed without a word: it would begin this run a second time."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True, name="end with parent").start()
