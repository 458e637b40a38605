"""A run that is stopped from outside says so: on the console, by its exit code and in MLflow."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import mlflow
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline.node import Node
from mlflow.exceptions import MlflowException

from lapa.distributed.orphans import end_with_parent
from lapa.hooks.continuing import close_dead_runs
from lapa.hooks.description import command
from lapa.hooks.side_by_side import is_side_by_side, workers
from lapa.stopped import StoppedError
from lapa.tracking.journal import is_away

_FROM_OUTSIDE = (signal.SIGTERM, signal.SIGUSR1)
"""Python makes an exception of Ctrl-C alone."""
_CONTINUES = "--only-missing-outputs"
_PATIENCE = 0.5
"""Seconds between two signals to processes that have not ended."""


class InterruptHook:
    """Turns SIGTERM and SIGUSR1 into exit codes (143, 138), and closes runs that nobody else closes as KILLED.

    A training that is under way first ends its step and saves (`lapa.distributed.stop_signals`).
    Kedro tells hooks of errors, not of Ctrl-C and exits. MLflow would mark what is left open at exit as
    finished, and Lightning ends on SIGTERM with exit code 0: a batch script would go on to the next stage.
    Processes that run nodes side by side end with this one.
    """

    def __init__(self) -> None:
        self._open = False
        self._node = ""
        self._leaving = False
        self._side_by_side = False
        self._previous: dict[int, Any] = {}
        self._pid = os.getpid()
        atexit.register(self.close)  # after MLflow's own, so it acts before

    @hook_impl(tryfirst=True)
    def after_context_created(self) -> None:
        """In a notebook the process outlives an interrupted run: close it before the next."""
        self.close()

    @hook_impl
    def before_pipeline_run(self, catalog: DataCatalog) -> None:
        """From here on, ending without a word is an interruption."""
        self._open, self._node, self._pid = True, "", os.getpid()
        self._leaving, self._side_by_side = False, is_side_by_side(catalog)
        if threading.current_thread() is threading.main_thread():
            heard = (*_FROM_OUTSIDE, signal.SIGINT) if self._side_by_side else _FROM_OUTSIDE
            self._previous = {number: signal.signal(number, self._leave) for number in heard}

    @hook_impl
    def before_node_run(self, node: Node) -> None:
        """Remember where we are."""
        self._node = node.name
        if os.getpid() != self._pid:
            end_with_parent()

    @hook_impl
    def after_pipeline_run(self) -> None:
        """It ended by itself."""
        self._end()

    @hook_impl
    def on_pipeline_error(self) -> None:
        """It failed, and others report that."""
        self._end()

    def close(self) -> None:
        """Tell the user and MLflow, if the pipeline neither ended nor failed."""
        if not self._open or os.getpid() != self._pid:
            return
        self._end()
        where = f" in node {self._node}" if self._node else ""
        sys.stderr.write(f"\nInterrupted{where}. {_how_to_go_on(sys.argv)}\n")
        run = mlflow.active_run()
        while mlflow.active_run() is not None:
            mlflow.end_run("KILLED")
        if run is not None and self._side_by_side:
            _close_arms(run)

    def _end(self) -> None:
        self._open = False
        for number, handler in self._previous.items():
            signal.signal(number, handler)
        self._previous = {}

    def _leave(self, signum: int, frame: FrameType | None) -> None:
        if os.getpid() != self._pid:  # a worker that was forked from us ends as it always did
            signal.signal(signum, signal.SIG_DFL)
            os.kill(os.getpid(), signum)
            return
        if (
            self._leaving
        ):  # a batch system asks more than once; processes that we started may be saving
            return
        self._leaving = True
        if self._side_by_side:
            threading.Thread(target=_end_workers, daemon=True).start()
        raise KeyboardInterrupt if signum == signal.SIGINT else StoppedError(signum)


def _end_workers() -> None:
    """Ask until they are gone: a training saves before it ends, and its process would begin the next node."""
    while processes := workers():
        for process in processes:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGTERM)
        time.sleep(_PATIENCE)


def _close_arms(run: mlflow.ActiveRun) -> None:
    """Close what processes logged into that ended with us; while MLflow is away the next command does so."""
    try:
        close_dead_runs(mlflow.MlflowClient(), run.info.experiment_id)
    except (MlflowException, OSError) as error:
        if not is_away(error):
            raise


def _how_to_go_on(argv: list[str]) -> str:
    """The command that continues; without its words where it was no command (a notebook, a study)."""
    program, *options = argv
    if Path(program).name == "__main__.py":
        program = Path(program).parent.name
    if Path(program).name not in ("kedro", "lapa"):
        return f"The same command with {_CONTINUES} continues."
    more = [] if _CONTINUES in options else [_CONTINUES]
    return f"To go on: {command([program, *options, *more])}"
