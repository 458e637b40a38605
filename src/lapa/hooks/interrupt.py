"""A run that is stopped from outside says so: on the console, by its exit code and in MLflow."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import threading
from types import FrameType
from typing import Any

import mlflow
from kedro.framework.hooks import hook_impl
from kedro.pipeline.node import Node

_TERMINATED = 128 + signal.SIGTERM


class InterruptHook:
    """Turns SIGTERM into exit code 143, and closes runs that nobody else closes as KILLED.

    Kedro tells hooks of errors, not of Ctrl-C and exits. MLflow would mark what is left open at exit as
    finished, and Lightning ends on SIGTERM with exit code 0: a batch script would go on to the next stage.
    """

    def __init__(self) -> None:
        self._open = False
        self._node = ""
        self._previous: Any = None
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
        if threading.current_thread() is threading.main_thread():
            self._previous = signal.signal(signal.SIGTERM, self._on_sigterm)

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
        sys.stderr.write(
            f"\nInterrupted{where}. The same command with --only-missing-outputs continues.\n"
        )
        while mlflow.active_run() is not None:
            mlflow.end_run("KILLED")

    def _end(self) -> None:
        self._open = False
        if self._previous is not None:
            signal.signal(signal.SIGTERM, self._previous)
            self._previous = None

    def _on_sigterm(self, signum: int, frame: FrameType | None) -> None:
        if os.getpid() != self._pid:  # a worker that was forked from us ends as it always did
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGTERM)
            return
        raise SystemExit(_TERMINATED)
