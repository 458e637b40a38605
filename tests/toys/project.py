"""A copy of the project in a folder of its own, to run `kedro` in."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Run

from toys.forked_kedro import run_forked
from toys.paths import ROOT

KEDRO = Path(sys.executable).with_name("kedro")


class Project:
    """A copy of the project's configuration, with data and MLflow of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copy(ROOT / "pyproject.toml", folder)
        shutil.copytree(ROOT / "conf", folder / "conf")
        shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
        self.tracking_uri = f"sqlite:///{folder}/mlflow.db"

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "MLFLOW_TRACKING_URI": self.tracking_uri,
            "KEDRO_LOGGING_CONFIG": "conf/logging.yml",
            "DO_NOT_TRACK": "1",
            "OMP_NUM_THREADS": "1",
            "COLUMNS": "200",
        }

    def run(
        self, *options: str, env: str = "test", variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """`kedro run` with further environment variables."""
        return run_forked(
            ["kedro", "run", f"--env={env}", *options],
            cwd=self.folder,
            env=self.environment | dict(variables or {}),
            timeout=280,
        )

    def run_until(self, sign: str, *options: str) -> None:
        """Kill -9 a run as soon as a file matching ``sign`` appears."""
        process = subprocess.Popen(
            [KEDRO, "run", "--env=test", *options],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 120
        while not list(self.folder.glob(sign)):
            assert process.poll() is None, f"the run ended before {sign} appeared"
            assert time.monotonic() < deadline, f"no {sign} after two minutes"
            time.sleep(0.01)
        process.kill()
        process.wait()

    def mlflow_runs(self) -> tuple[list[Run], dict[str, Run]]:
        """The runs of all commands, and the arms nested in them by name."""
        client = MlflowClient(tracking_uri=self.tracking_uri)
        experiment = client.get_experiment_by_name("lapa")
        assert experiment is not None
        runs = list(client.search_runs([experiment.experiment_id]))
        parents = [run for run in runs if "mlflow.parentRunId" not in run.data.tags]
        return parents, {run.info.run_name: run for run in runs if run not in parents}

    def logged(self) -> list[dict[str, Any]]:
        """Of every MLflow run the names of what it has, and its parameters; times and process ids differ."""
        client = MlflowClient(tracking_uri=self.tracking_uri)
        parents, arms = self.mlflow_runs()
        return [
            {
                "run": run.info.run_name,
                "status": run.info.status,
                "params": run.data.params,
                "metrics": set(run.data.metrics),
                "tags": set(run.data.tags),
                "files": {file.path for file in client.list_artifacts(run.info.run_id)},
                "datasets": {held.dataset.digest for held in run.inputs.dataset_inputs},
            }
            for run in [*parents, *(arms[name] for name in sorted(arms))]
        ]

    def digests(self) -> dict[str, str]:
        """Place of every artefact -> its digest; reports have none here, for they say when they were made."""
        records = (self.folder / "data").glob("0[1-7]*/**/record.json")
        found = {
            str(path.relative_to(self.folder)): json.loads(path.read_text()) for path in records
        }
        return {place: record["digest"] for place, record in found.items()}

    def reporting(self, name: str) -> Path:
        """Path below the reports of the environment `test`."""
        return self.folder / "data/08_reporting/test" / name
