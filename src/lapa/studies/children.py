"""Runs in processes of their own, several side by side.

They are forked from a server that has imported what every run needs, which spares each about seven seconds.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path

from lapa.studies.child import carry_out
from lapa.studies.orders import RunOrder

PRELOADED = "lapa.studies.preloaded"
PATIENCE = 20.0
"""Seconds that a run which was told to stop may take to say so in MLflow."""


@dataclass(frozen=True)
class Running:
    """A run and its process."""

    order: RunOrder
    process: BaseProcess
    begun: float
    log: Path

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.monotonic() - self.begun


@dataclass(frozen=True)
class Ended:
    """A run whose process has ended."""

    order: RunOrder
    seconds: float
    code: int
    """Exit code; below zero the signal that killed it."""
    log: Path


class Children:
    """Starts runs, waits for them, and stops those that still go when it is left."""

    def __init__(self, *, project: Path, code: str, logs: Path, threads: int) -> None:
        """Prepare to start runs.

        Args:
            project: folder of the project.
            code: version of the code.
            logs: folder of a log for each run.
            threads: torch threads of a run.
        """
        # read when the libraries are loaded, which the server does before it is asked for anything
        os.environ["OMP_NUM_THREADS"] = str(threads)
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([PRELOADED])
        self._project, self._code = project, code
        self._logs, self._threads = logs.resolve(), threads
        self.running: dict[str, Running] = {}

    def start(self, order: RunOrder, further: Mapping[str, str]) -> None:
        """Begin a run.

        Args:
            order: the run.
            further: parameters that it gets beside its own, and that decide nothing.
        """
        self._logs.mkdir(parents=True, exist_ok=True)
        log = self._logs / f"{order.name}.log"
        log.touch()  # a run that dies before its first word has one, too
        process = self._context.Process(
            target=carry_out,
            kwargs={
                "order": order,
                "further": dict(further),
                "project": self._project,
                "code": self._code,
                "log": log,
                "threads": self._threads,
            },
            name=order.name,
        )
        process.start()
        self.running[order.name] = Running(order, process, time.monotonic(), log)

    def wait(self, seconds: float) -> list[Ended]:
        """Wait until one of the runs ends, but no longer than ``seconds``; return those that have."""
        wait([one.process.sentinel for one in self.running.values()], timeout=seconds)
        over = [one for one in self.running.values() if one.process.exitcode is not None]
        for one in over:
            del self.running[one.order.name]
        return [Ended(o.order, o.seconds, o.process.exitcode or 0, o.log) for o in over]

    def end(self, name: str) -> None:
        """Ask one run to end, as Ctrl-C does; `wait` returns it when it has."""
        self.running[name].process.terminate()

    def stop(self) -> None:
        """End every run that still goes: first asked, then, after `PATIENCE`, killed."""
        for one in self.running.values():
            one.process.terminate()
        deadline = time.monotonic() + PATIENCE
        for one in self.running.values():
            one.process.join(max(0.0, deadline - time.monotonic()))
            if one.process.exitcode is None:
                one.process.kill()
                one.process.join()
        self.running.clear()
