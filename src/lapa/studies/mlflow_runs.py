"""The study in MLflow: a run of its own, the runs of its cells nested in it and comparable by their place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import mlflow
from kedro.framework.session import KedroSession
from mlflow import MlflowClient
from mlflow.entities import Metric, Param
from mlflow.utils.mlflow_tags import MLFLOW_RUN_NOTE

from lapa.hooks.continuing import PROCESS_TAG, RUN_TAG
from lapa.records import CellKey, CellResult
from lapa.studies.configuration import Configuration
from lapa.studies.file import Study
from lapa.studies.grid import text_of
from lapa.tracking.process import this_process

Status = Literal["FINISHED", "FAILED", "KILLED"]


class StudyRun:
    """The MLflow run that those of all cells and ancestors are nested in."""

    def __init__(self, study: Study, configuration: Configuration, project: Path) -> None:
        """Continue the run of this study, or open one.

        Args:
            study: its name is that of the run.
            configuration: one of the study's: it says where MLflow is.
            project: folder of the project.
        """
        self._name = f"{study.kind}: {study.name}"
        session: Any = KedroSession.create(
            project, env=configuration.env, runtime_params=configuration.given
        )
        # connects to MLflow, one process at a time
        experiment: str = session.load_context().mlflow.tracking.experiment.name
        self._client = MlflowClient()
        self.id = self._continued(experiment) or self._opened(experiment)
        self._client.set_tag(self.id, PROCESS_TAG, this_process())
        self._client.set_tag(self.id, MLFLOW_RUN_NOTE, study.params.question)

    def log(self, unit: str, *, done: int, every: int) -> None:
        """How far the study is, in ``unit`` (cells)."""
        self._client.log_metric(self.id, f"{unit}_done", done)
        self._client.log_metric(self.id, unit, every)

    def end(self, status: Status) -> None:
        """Close the run until the study goes on."""
        self._client.set_terminated(self.id, status)

    def _continued(self, experiment: str) -> str | None:
        if (run := newest_run(self._name, [experiment])) is None:
            return None
        self._client.update_run(run.info.run_id, status="RUNNING")
        return str(run.info.run_id)

    def _opened(self, experiment: str) -> str:
        known = self._client.get_experiment_by_name(experiment)
        assert known is not None  # noqa: S101 - made when the hook connected
        run = self._client.create_run(
            known.experiment_id, run_name=self._name, tags={RUN_TAG: self._name}
        )
        return str(run.info.run_id)


def describe_cell(name: str, result: CellResult) -> None:
    """Log a cell's place in the grid, and its figures under the same names for every arm.

    Args:
        name: of the cell's run.
        result: what was measured.
    """
    run = newest_run(name)
    if run is None:
        return
    place = [Param(field, text_of(result.key, field)) for field in CellKey.model_fields]
    when = run.info.start_time
    metrics = [Metric(name, value, when, 0) for name, value in result.metrics.items()]
    MlflowClient().log_batch(run.info.run_id, metrics=metrics, params=place)


@contextmanager
def closed_if_interrupted() -> Iterator[None]:
    """Mark runs that are open as killed, if this process is told to end inside.

    `lapa.hooks.interrupt` does so when Python exits, and the exit of a process of `multiprocessing` is none.
    """
    try:
        yield
    except (SystemExit, KeyboardInterrupt):
        while mlflow.active_run() is not None:
            mlflow.end_run("KILLED")
        raise


def newest_run(name: str, experiments: list[str] | None = None) -> mlflow.entities.Run | None:
    """The newest run of this name (`lapa.hooks.continuing.RUN_TAG`); None where there is none."""
    runs: Any = mlflow.search_runs(
        search_all_experiments=experiments is None,
        experiment_names=experiments,
        filter_string=f"tags.`{RUN_TAG}` = '{name}'",
        order_by=["attributes.start_time DESC"],
        max_results=1,
        output_format="list",
    )
    return runs[0] if runs else None
