"""A card becomes metrics and tags of the run, by which runs sort."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import mlflow
import pytest

from lapa.hooks.scorecard import PASSES, log_scorecard, scorecard_metrics
from lapa.records import EvaluationReport, Metric
from toys.scorecards import card, noisy, written


@pytest.fixture
def _database(tmp_path: Path, empty_database: Path) -> Iterator[None]:
    before = mlflow.get_tracking_uri()
    database = shutil.copyfile(empty_database, tmp_path / "mlflow.db")
    mlflow.set_tracking_uri(f"sqlite:///{database}")
    mlflow.set_experiment("scorecards")  # another test's experiment may still be the active one
    yield
    mlflow.set_tracking_uri(before)
    os.environ.pop("MLFLOW_EXPERIMENT_ID", None)


@pytest.mark.usefixtures("_database")
def test_values_and_verdicts_are_logged(tmp_path: Path) -> None:
    folder = written(tmp_path / "report", noisy(5))
    measured = {"laq": (Metric(name="m", value=1.0),)}
    with mlflow.start_run() as run:
        log_scorecard(EvaluationReport(path=str(folder), metrics=measured))
    logged = mlflow.get_run(run.info.run_id).data
    assert logged.metrics[PASSES] == 0.5
    assert logged.metrics["scorecard/mean"] == pytest.approx(5, abs=2)
    assert logged.metrics["scorecard/count/unclear"] == 1
    assert logged.tags["scorecard/mean"] == "passes"
    best = mlflow.search_runs(
        filter_string="tags.`scorecard/mean` = 'passes'", order_by=[f"metrics.`{PASSES}` DESC"]
    )
    assert best["run_id"].tolist() == [run.info.run_id]


def test_names_of_counts_and_values_do_not_collide() -> None:
    names = set(scorecard_metrics(card(noisy(0))))
    assert len(names) == 1 + 3 + 2
