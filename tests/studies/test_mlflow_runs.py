"""Runs in MLflow of processes that are told to end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import mlflow
import pytest

from lapa.studies.mlflow_runs import closed_if_interrupted


@pytest.fixture
def client(tmp_path: Path) -> Iterator[mlflow.MlflowClient]:
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    mlflow.set_experiment(
        "Default"
    )  # another test may have chosen one that is not in this database
    yield mlflow.MlflowClient()
    while mlflow.active_run() is not None:
        mlflow.end_run()
    mlflow.set_tracking_uri(before)


@pytest.mark.parametrize(
    ("error", "status"),
    [(SystemExit, "KILLED"), (KeyboardInterrupt, "KILLED"), (ValueError, "RUNNING")],
)
def test_runs_that_are_open_are_closed_where_the_process_is_told_to_end(
    client: mlflow.MlflowClient, error: type[BaseException], status: str
) -> None:
    ids = [mlflow.start_run(nested=True).info.run_id for _ in range(2)]
    with pytest.raises(error), closed_if_interrupted():
        raise error
    assert {client.get_run(run_id).info.status for run_id in ids} == {status}
