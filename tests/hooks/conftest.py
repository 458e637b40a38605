"""A toy project with an MLflow database of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import mlflow
import pytest

from toys.hooked_project import HookedProject


@pytest.fixture
def project(tmp_path: Path, empty_database: Path) -> Iterator[HookedProject]:
    before = mlflow.get_tracking_uri()
    yield HookedProject.make(tmp_path, empty_database)
    while mlflow.active_run() is not None:
        mlflow.end_run()
    mlflow.set_tracking_uri(before)
    os.environ.pop("MLFLOW_EXPERIMENT_ID", None)
