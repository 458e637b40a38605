"""Metrics reach the run that is open, which stays open; a dead server costs nothing."""

from __future__ import annotations

import json
from pathlib import Path

import mlflow
import pytest

from lapa.training.common.joined_run import JoinedRun, joined_run
from lapa.training.common.tracking import JoinedRunLogger, MetricsFile, build_logger


@pytest.fixture
def tracking_uri(tmp_path: Path) -> str:
    before = mlflow.get_tracking_uri()
    uri = f"sqlite:///{tmp_path / 'mlflow.db'}"
    mlflow.set_tracking_uri(uri)
    yield uri
    mlflow.set_tracking_uri(before)


def test_outside_any_run() -> None:
    assert joined_run() is None
    assert build_logger(None) is False


def test_metrics_join_the_open_run_and_do_not_close_it(tracking_uri: str, tmp_path: Path) -> None:
    mlflow.create_experiment("e", artifact_location=str(tmp_path / "artifacts"))
    mlflow.set_experiment("e")
    with mlflow.start_run() as active:
        run = joined_run("lapa.training.laq:fit")
        run_id = active.info.run_id
        assert run == JoinedRun(run_id=run_id, tracking_uri=tracking_uri, prefix="laq")
        logger = build_logger(run)
        assert logger
        logger.log_metrics({"train/loss": 0.5}, step=7)
        logger.finalize("success")
        stored = mlflow.MlflowClient().get_run(active.info.run_id)
        assert stored.info.status == "RUNNING"
        assert stored.data.metrics == {"laq/train/loss": 0.5}


def test_two_stages_of_one_run_keep_two_curves(tracking_uri: str, tmp_path: Path) -> None:
    mlflow.create_experiment("e", artifact_location=str(tmp_path / "artifacts"))
    mlflow.set_experiment("e")
    with mlflow.start_run() as active:
        for stage, loss in (("foundation", 2.0), ("policy", 5.0)):
            logger = build_logger(joined_run(f"lapa.training.{stage}:fit"))
            assert logger
            logger.log_metrics({"train/loss": loss}, step=1)
        client = mlflow.MlflowClient()
        for stage, loss in (("foundation", 2.0), ("policy", 5.0)):
            history = client.get_metric_history(active.info.run_id, f"{stage}/train/loss")
            assert [point.value for point in history] == [loss]


def test_a_broken_server_warns_once_and_training_goes_on(tracking_uri: str) -> None:
    logger = JoinedRunLogger(run_id="0" * 32, tracking_uri=tracking_uri)
    with pytest.warns(UserWarning, match="Training goes on"):
        logger.log_metrics({"train/loss": 1.0}, step=3)
    logger.log_metrics({"train/loss": 1.0}, step=4)


def test_metrics_file_appends_one_line_per_step(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "metrics.jsonl"
    MetricsFile(path=path).log_metrics({"train/loss": 1.0}, step=1)
    MetricsFile(path=path).log_metrics({"train/loss": 0.5}, step=2)
    assert [json.loads(line) for line in path.read_text().splitlines()] == [
        {"step": 1, "train/loss": 1.0},
        {"step": 2, "train/loss": 0.5},
    ]
