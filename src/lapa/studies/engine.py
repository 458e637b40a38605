"""Carry a study out: every run that is missing, ancestors first, several side by side, and go on after a kill."""

from __future__ import annotations

import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

from lapa.folders.lock import output_lock
from lapa.hooks.preflight.parameter_names import PARENT_RUN
from lapa.studies.children import Children, Ended
from lapa.studies.durations import Durations
from lapa.studies.feed import Feed
from lapa.studies.mlflow_runs import StudyRun
from lapa.studies.orders import CellOrder, RunOrder
from lapa.studies.plan import Plan
from lapa.studies.progress import StudyProgress
from lapa.studies.run_locks import RunLocks
from lapa.studies.schedule import Schedule, seconds_left
from lapa.studies.spent import seconds_spent

LOGS = "logs"
_TERMINATED = 128 + signal.SIGTERM
_LOOK_EVERY = 0.5
"""Seconds between two looks at the clock while runs go on."""


def missing_runs(plan: Plan, cells: Sequence[CellOrder]) -> list[RunOrder]:
    """The runs of ``cells`` and those of their ancestors of which an artefact is not there."""
    return [order for order in plan.ancestors_first(cells) if is_missing(order)]


def is_missing(order: RunOrder) -> bool:
    """Whether a run is to be made: the artefacts of a cell are not enough, its result is written beside them."""
    return isinstance(order, CellOrder) or not order.is_made


def study_folder(plan: Plan) -> Path:
    """Where the study keeps logs and durations, below the scratch root of all runs."""
    first = next(iter(plan.configurations.values()))
    return first.work / f"{plan.study.kind}-{plan.study.name}"


class Engine:
    """One command of a study, from the first run that is missing to the last."""

    def __init__(
        self,
        plan: Plan,
        *,
        project: Path,
        code: str,
        jobs: int,
        durations: Durations,
        done: int,
        cells: int,
        feed: Feed | None = None,
    ) -> None:
        """Prepare.

        Args:
            plan: all cells and runs.
            project: folder of the project.
            code: version of the code.
            jobs: runs side by side.
            durations: how long runs took.
            done: cells that are there, of those asked for.
            cells: all that were asked for.
            feed: asked while the engine works; None is that of a study.
        """
        self._feed = feed or Feed()
        self._plan, self._project, self._code, self._jobs = plan, project, code, jobs
        self._durations = durations
        self._folder = study_folder(plan)
        self._done, self._cells = done, cells
        self._locks = RunLocks()
        self.failed: dict[str, Path] = {}
        """Runs that failed -> their logs."""
        self.given_up: dict[str, str] = {}
        """Runs that could not be begun -> the ancestor that failed."""

    def carry_out(self, orders: Sequence[RunOrder]) -> None:
        """Make all runs that can be made; those of cells write their results."""
        self._folder.mkdir(parents=True, exist_ok=True)
        configuration = next(iter(self._plan.configurations.values()))
        with output_lock(self._folder), _ended_by_signals():
            mlflow = StudyRun(self._plan.study, configuration, self._project)
            try:
                self._go(Schedule(orders), mlflow)
            except BaseException:
                mlflow.end("KILLED")
                raise
            mlflow.end("FAILED" if self.failed else "FINISHED")

    def _go(self, schedule: Schedule, mlflow: StudyRun) -> None:
        children = Children(
            project=self._project,
            code=self._code,
            logs=self._folder / LOGS,
            threads=self._plan.study.params.threads,
        )
        unit = self._feed.counted
        with StudyProgress(cells=self._cells, done=self._done, unit=unit) as progress:
            try:
                self._feed.begin()
                self._done += self._feed.refill(schedule, jobs=self._jobs)
                while children.running or schedule.waiting:
                    self._begin(schedule, children, mlflow.id, progress)
                    self._show(schedule, children, progress)
                    for name in self._feed.to_stop(children.running.values()):
                        children.end(name)
                    for ended in children.wait(_LOOK_EVERY):
                        self._end(ended, schedule, progress)
                        mlflow.log(unit, done=self._done, every=self._cells)
                    self._done += self._feed.refill(schedule, jobs=self._jobs)
            finally:
                children.stop()
                self._locks.release_all()
        self.given_up = schedule.given_up

    def _begin(
        self, schedule: Schedule, children: Children, parent: str, progress: StudyProgress
    ) -> None:
        for order in schedule.ready(self._durations.guess):
            if len(children.running) >= self._jobs:
                return
            if owner := self._locks.claim(order):
                progress.waits(order, owner)
                continue
            schedule.begin(order)
            if is_missing(order):
                children.start(order, {PARENT_RUN: parent})
            else:  # another study made it since
                self._locks.release(order)
                schedule.finish(order)
                self._done += self._feed.finished(order)

    def _end(self, ended: Ended, schedule: Schedule, progress: StudyProgress) -> None:
        self._locks.release(ended.order)
        is_stopped = ended.code != 0 and self._feed.is_stopped(ended.order)
        if ended.code != 0 and not is_stopped:
            self.failed[ended.order.name] = ended.log
            schedule.fail(ended.order)
            self._feed.failed(ended.order)
            progress.failed(ended)
            return
        ended = replace(ended, seconds=seconds_spent(ended.order.scratch))
        schedule.finish(ended.order)
        completed = self._feed.finished(ended.order, is_stopped=is_stopped)
        self._done += completed
        if not is_stopped:
            self._durations.add(ended.order, ended.seconds)
        progress.finished(ended, completed=completed, word="stopped" if is_stopped else "done")

    def _show(self, schedule: Schedule, children: Children, progress: StudyProgress) -> None:
        running = children.running.values()
        left = [max(0.0, self._durations.guess(one.order) - one.seconds) for one in running]
        later = [*schedule.waiting, *self._feed.to_come()]
        orders = [*later, *(one.order for one in running)]
        progress.show(
            running,
            left=seconds_left(left, later, self._durations.guess, jobs=self._jobs),
            is_guess=any(self._durations.of(order) is None for order in orders),
        )


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGTERM ends this process as Ctrl-C does: through every `finally`, which stops the runs."""

    def leave(signum: int, frame: FrameType | None) -> None:
        raise SystemExit(_TERMINATED)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
