"""What is logged while MLflow is away arrives later, once, in its order; what is wrong is still refused."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mlflow
import pytest
from mlflow.entities import Param
from mlflow.exceptions import MlflowException
from mlflow.tracking._tracking_service import utils
from sqlalchemy.exc import OperationalError

from lapa.tracking import away_store, journal
from lapa.tracking.away_store import AwayStore
from lapa.tracking.patience import deliver_kept, write_through_journal
from lapa.tracking.process import this_process
from toys.faults import Faults

pytestmark = pytest.mark.filterwarnings("ignore:MLflow at .* is away")


GOES_ON = "one warning; the run goes on"


class Switched:
    """A store that can be switched off."""

    def __init__(self, store: Any) -> None:
        self.store, self.on = store, True

    def __getattr__(self, name: str) -> Any:
        if not self.on and name != "shut_down_async_logging":
            raise MlflowException("connection refused")
        return getattr(self.store, name)


@pytest.fixture
def uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_database: Path) -> Iterator[str]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(away_store, "PAUSE", 0.0)
    database = tmp_path / "mlflow.db"
    database.write_bytes(empty_database.read_bytes())
    before = mlflow.get_tracking_uri()
    write_through_journal()
    mlflow.set_tracking_uri(f"sqlite:///{database}")
    mlflow.set_experiment(
        "Default"
    )  # another test may have chosen one that is not in this database
    yield f"sqlite:///{database}"
    mlflow.set_tracking_uri(before)


@pytest.fixture
def server(uri: str) -> Switched:
    """The store behind the one that this process writes through."""
    store = utils._get_store(uri)
    assert isinstance(store, AwayStore)
    store._store = Switched(store._store)
    return store._store


def history(uri: str, run_id: str) -> list[tuple[int, float]]:
    client = mlflow.MlflowClient(uri)
    return [(p.step, p.value) for p in client.get_metric_history(run_id, "train/loss")]


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob(".mlflow-away/*/*"))


def test_points_wait_and_arrive_in_their_order(
    uri: str,
    server: Switched,
    tmp_path: Path,
    recwarn: pytest.WarningsRecorder,
    faults: Faults,
) -> None:
    with mlflow.start_run() as run:
        mlflow.log_metric("train/loss", 3.0, step=1)
        server.on = False
        for step, loss in ((2, 2.0), (3, 1.0)):
            mlflow.log_metrics({"train/loss": loss}, step=step)
            mlflow.set_tag("at", str(step))
        assert len([w for w in recwarn if "is away" in str(w.message)]) == 1
        assert len(kept(tmp_path)) == 1
        server.on = True
        mlflow.log_metric("train/loss", 0.5, step=4)
    assert history(uri, run.info.run_id) == [(1, 3.0), (2, 2.0), (3, 1.0), (4, 0.5)]
    stored = mlflow.MlflowClient(uri).get_run(run.info.run_id)
    assert (stored.info.status, stored.data.tags["at"]) == ("FINISHED", "3")
    assert kept(tmp_path) == []
    faults.tell("MLflow's server away in a run", happened=GOES_ON, intact="every metric, in order")


def test_runs_begin_and_end_without_the_server(uri: str, server: Switched) -> None:
    with mlflow.start_run() as parent:
        server.on = False
        with mlflow.start_run(run_name="arm", nested=True):
            mlflow.log_param("rate", 0.5)
            mlflow.log_metric("train/loss", 1.0, step=1)
        server.on = True
    deliver_kept(uri)
    query = f"tags.`mlflow.parentRunId` = '{parent.info.run_id}'"
    (arm,) = mlflow.MlflowClient(uri).search_runs([parent.info.experiment_id], query)
    assert (arm.info.run_name, arm.info.status) == ("arm", "FINISHED")
    assert arm.data.params == {"rate": "0.5"}
    assert history(uri, arm.info.run_id) == [(1, 1.0)]


def test_a_locked_database_is_waited_for(uri: str, tmp_path: Path, faults: Faults) -> None:
    with mlflow.start_run() as run:
        other = sqlite3.connect(tmp_path / "mlflow.db", isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.warns(UserWarning, match="is away .*locked"):
            mlflow.log_metric("train/loss", 2.0, step=1)
        other.execute("ROLLBACK")
        other.close()
    assert history(uri, run.info.run_id) == [(1, 2.0)]
    faults.tell("MLflow's database locked", happened=GOES_ON, intact="every metric, in order")


def test_the_next_command_delivers_what_a_dead_one_kept(
    uri: str, server: Switched, tmp_path: Path
) -> None:
    with mlflow.start_run() as run:
        server.on = False
        mlflow.log_metric("train/loss", 2.0, step=1)
        server.on = True
        (own,) = kept(tmp_path)
        process = subprocess.Popen([sys.executable, "-c", ""])
        process.wait()
        lines = own.read_text().splitlines()
        dead = json.dumps(json.loads(this_process()) | {"pid": process.pid})
        own.write_text("\n".join([dead, *lines[1:]]) + "\n")
        own.rename(own.with_name("other.jsonl"))
    deliver_kept(uri)
    assert history(uri, run.info.run_id) == [(1, 2.0)]
    assert kept(tmp_path) == []


def test_a_process_that_begins_meanwhile_logs_into_the_run_it_was_given(
    uri: str, server: Switched
) -> None:
    with mlflow.start_run() as run:
        pass
    utils._get_store(uri)._runs.clear()
    server.on = False
    client = mlflow.MlflowClient(uri)
    assert client.get_run(run.info.run_id).info.run_id == run.info.run_id
    client.log_metric(run.info.run_id, "train/loss", 2.0, step=1)
    server.on = True
    deliver_kept(uri)
    assert history(uri, run.info.run_id) == [(1, 2.0)]


def test_a_database_that_is_locked_from_the_start_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build() -> Any:
        raise OperationalError("SELECT", {}, sqlite3.OperationalError("database is locked"))

    monkeypatch.chdir(tmp_path)
    store = AwayStore(build, "sqlite:///elsewhere.db")
    store.log_param("abc", Param("rate", "1"))
    assert "rate" in kept(tmp_path)[0].read_text()
    with pytest.raises(MlflowException) as caught:
        store.search_runs([])
    assert journal.is_away(caught.value)


def test_what_mlflow_refuses_is_still_an_error(uri: str) -> None:
    with mlflow.start_run():
        mlflow.log_param("rate", 1)
        with pytest.raises(MlflowException, match="Changing param values is not allowed"):
            mlflow.log_param("rate", 2)


def test_a_delivery_that_is_cut_short_repeats_nothing(
    uri: str, server: Switched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry_out, left = journal.carry_out, [2]

    def ends(*given: Any, **named: Any) -> str:
        left[0] -= 1
        if left[0] < 0:
            raise MlflowException("connection refused")
        return carry_out(*given, **named)

    with mlflow.start_run() as run:
        server.on = False
        for step in range(1, 5):
            mlflow.log_metric("train/loss", 1.0, step=step)
        server.on = True
        with monkeypatch.context() as patch:
            patch.setattr(journal, "carry_out", ends)
            deliver_kept(uri)
        assert [step for step, _ in history(uri, run.info.run_id)] == [1, 2]
        deliver_kept(uri)
    assert [step for step, _ in history(uri, run.info.run_id)] == [1, 2, 3, 4]
