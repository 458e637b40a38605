"""MLflow's store, whose writes wait in a journal while the server does not answer."""

from __future__ import annotations

import time
import uuid
import warnings
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from mlflow.entities import (
    DatasetInput,
    LifecycleStage,
    Metric,
    Param,
    Run,
    RunData,
    RunInfo,
    RunStatus,
    RunTag,
)
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import TEMPORARILY_UNAVAILABLE
from sqlalchemy.exc import OperationalError

from lapa.tracking import operations
from lapa.tracking.journal import Journal, is_away, left_behind
from lapa.tracking.operations import Operation, Store
from lapa.tracking.turns import my_turn

PAUSE = 60.0
"""Seconds between two attempts to reach a server that is away; each may take seconds of the training."""


class AwayStore:
    """Writes go through, or else into the journal, and later from there; everything else is the store's own.

    Args:
        build: makes MLflow's, e.g. of a database or of a server; called when it is first needed.
        uri: where it is.
    """

    def __init__(self, build: Callable[[], Store], uri: str) -> None:
        self._build, self._uri = build, uri
        self._journal = Journal.of_this_process(uri)
        self._next_try = 0.0
        self._warned = False
        self._runs: dict[str, Run] = {}
        self._real: dict[str, str] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @cached_property
    def _store(self) -> Store:
        try:
            return self._build()
        except OperationalError as error:  # what a locked database is elsewhere to MLflow
            raise MlflowException(str(error), error_code=TEMPORARILY_UNAVAILABLE) from error

    def log_batch(
        self,
        run_id: str,
        metrics: Sequence[Metric],
        params: Sequence[Param],
        tags: Sequence[RunTag],
    ) -> None:
        """As MLflow's."""
        self._write(operations.log_batch(run_id, metrics, params, tags))

    def log_metric(self, run_id: str, metric: Metric) -> None:
        """As MLflow's."""
        self.log_batch(run_id, [metric], [], [])

    def log_param(self, run_id: str, param: Param) -> None:
        """As MLflow's."""
        self.log_batch(run_id, [], [param], [])

    def set_tag(self, run_id: str, tag: RunTag) -> None:
        """As MLflow's."""
        self.log_batch(run_id, [], [], [tag])

    def log_inputs(
        self, run_id: str, datasets: list[DatasetInput] | None = None, models: Any = None
    ) -> None:
        """As MLflow's; models are not kept where it is away."""
        if models:
            self._store.log_inputs(self._real.get(run_id, run_id), datasets, models)
        else:
            self._write(operations.log_inputs(run_id, datasets or []))

    def update_run_info(
        self, run_id: str, run_status: Any, end_time: int | None, run_name: str | None
    ) -> Any:
        """As MLflow's."""
        self._write(operations.update_run_info(run_id, run_status, end_time, run_name))
        return self.get_run(run_id).info

    def create_run(self, **given: Any) -> Run:
        """As MLflow's; a run that the server does not know yet has an id of ours."""
        run: Run | None = self._try(lambda: self._store.create_run(**given))
        if run is None:
            run = _provisional(given)
            self._journal.add(operations.create_run(run.info.run_id, given))
        self._runs[run.info.run_id] = run
        return run

    def get_run(self, run_id: str) -> Run:
        """As MLflow's; while it is away, as the run was when it was last seen, or by its id alone."""
        real = self._real.get(run_id, run_id)
        if (now := self._try(lambda: self._store.get_run(real))) is not None:
            self._runs[run_id] = now
        return self._runs.get(run_id) or _by_id(run_id)

    def deliver(self) -> None:
        """Try now, whatever the pause: what this process has kept, and what dead ones left behind."""
        if not self._journal.is_empty:
            self._attempt(lambda: self._journal.deliver(self._store, self._real))
        for journal in left_behind(self._uri):  # ours, too: ranks log into runs that we made
            self._attempt(lambda kept=journal: kept.deliver(self._store, self._real))  # type: ignore[misc]

    def _write(self, operation: Operation) -> None:
        run_id: str = operation["run_id"]
        with my_turn():
            done = self._try(
                lambda: operations.carry_out(
                    operation, self._store, run_id=self._real.get(run_id, run_id)
                )
            )
        if done is None:
            self._journal.add(operation)

    def _try(self, call: Callable[[], Any]) -> Any:
        """What ``call`` gives, or None while the server is away; what was kept goes first."""
        if time.monotonic() < self._next_try:
            return None
        if not self._journal.is_empty:
            kept = self._attempt(lambda: self._journal.deliver(self._store, self._real))
            if kept is None:
                return None
        return self._attempt(call)

    def _attempt(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except (MlflowException, OSError) as error:
            if not is_away(error):
                raise
            self._next_try = time.monotonic() + PAUSE
            self._warn(error)
            return None

    def _warn(self, error: Exception) -> None:
        if not self._warned:
            self._warned = True
            reason = str(error).splitlines()[0][:200]
            warnings.warn(
                f"MLflow at {self._uri} is away ({reason}). The run goes on; what it logs is kept in "
                f"{self._journal.path} and delivered when MLflow answers, or by the next command",
                stacklevel=2,
            )


def _by_id(run_id: str) -> Run:
    """A run of another process, for one that begins to log into it while MLflow is away."""
    unknown = {"experiment_id": "", "user_id": "", "start_time": 0, "tags": []}
    return _provisional(unknown, run_id)


def _provisional(given: dict[str, Any], run_id: str = "") -> Run:
    info = RunInfo(
        run_id=run_id or uuid.uuid4().hex,
        run_name=given.get("run_name"),
        experiment_id=given["experiment_id"],
        user_id=given["user_id"],
        status=RunStatus.to_string(RunStatus.RUNNING),
        start_time=given["start_time"],
        end_time=None,
        lifecycle_stage=LifecycleStage.ACTIVE,
    )
    return Run(info, RunData(tags=given["tags"]))
