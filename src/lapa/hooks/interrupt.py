"""A run that is stopped from outside says so: on the console, by its exit code and in MLflow."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

import mlflow
from kedro.framework.hooks import hook_impl
from kedro.pipeline.node import Node

from lapa.hooks.description import command
from lapa.stopped import StoppedError

_FROM_OUTSIDE = (signal.SIGTERM, signal.SIGUSR1)
"""Python makes an exception of Ctrl-C alone."""
_CONTINUES = "--only-missing-outputs"


class InterruptHook:
    """Turns SIGTERM and SIGUSR1 into exit codes (143, 138), and closes runs that nobody else closes as KILLED.

    A training that is under way first ends its step and saves (`lapa.distributed.stop_signals`).
    Kedro tells hooks of errors, not of Ctrl-C and exits. MLflow would mark what is left open at exit as
    finished, and Lightning ends on SIGTERM with exit code 0: a batch script would go on to the next stage.
    """

    def __init__(self) -> None:
        self._open = False
        self._node = ""
        self._leaving = False
        self._previous: dict[int, Any] = {}
        self._pid = os.getpid()
        atexit.register(self.close)  # after MLflow's own, so it acts before

    @hook_impl(tryfirst=True)
    def after_context_created(self) -> None:
        """In a notebook the process outlives an interrupted run: close it before the next."""
        self.close()

    @hook_impl
    def before_pipeline_run(self) -> None:
        """From here on, ending without a word is an interruption."""
        self._open, self._node, self._pid = True, "", os.getpid()
        self._leaving = False
        if threading.current_thread() is threading.main_thread():
            self._previous = {
                number: signal.signal(number, self._leave) for number in _FROM_OUTSIDE
            }

    @hook_impl
    def before_node_run(self, node: Node) -> None:
        """Remember where we are."""
        self._node = node.name

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
        while mlflow.active_run() is not None:
            mlflow.end_run("KILLED")

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
        raise StoppedError(signum)


def _how_to_go_on(argv: list[str]) -> str:
    """The command that continues; without its words where it was no command (a notebook, a study)."""
    program, *options = argv
    if Path(program).name == "__main__.py":
        program = Path(program).parent.name
    if Path(program).name not in ("kedro", "lapa"):
        return f"The same command with {_CONTINUES} continues."
    more = [] if _CONTINUES in options else [_CONTINUES]
    return f"To go on: {command([program, *options, *more])}"
