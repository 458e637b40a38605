"""Fixtures that every test folder shares."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lapa.config.experiment import choose_experiment
from lapa.params.experiment import DEMO
from toys.faults import Faults
from toys.paths import child_environment
from toys.scheduling import is_real_time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("DO_NOT_TRACK", "1")


@pytest.fixture(autouse=True, scope="session")
def _one_torch_thread() -> None:
    """Tiny models spend longer on waking threads than on arithmetic."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def _ordinary_scheduling() -> Iterator[None]:
    """A test that made its process a real-time one would starve all that run beside and after it."""
    yield
    assert not is_real_time(), "the scheduling of this process was changed and not set back"


@pytest.fixture(autouse=True)
def _experiment_of_the_demo() -> None:
    """A session of another environment in the same process leaves its experiment behind."""
    choose_experiment(DEMO)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole-system tests first: files shared out to processes end together when the longest begin."""
    items.sort(key=lambda item: item.path.parent.name != "system")


@pytest.fixture
def launched_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ranks that `launch` starts find `toys` and one another, inside a Slurm allocation too."""
    monkeypatch.setenv("PYTHONPATH", child_environment()["PYTHONPATH"])
    monkeypatch.setenv("GLOO_SOCKET_IFNAME", "lo")
    monkeypatch.delenv("SLURM_JOB_ID", raising=False)
    assert "WORLD_SIZE" not in os.environ


@pytest.fixture
def faults(record_property: Callable[[str, object], None]) -> Faults:
    """Takes the rows of the table of faults."""
    return Faults(record_property)


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Folder with the real recordings (``data/``) and the original's fixtures (``golden/``)."""
    root = os.environ.get("LAPA_REFERENCE_DATA", "")
    if not root or not Path(root, "data").is_dir():
        pytest.skip(
            f"LAPA_REFERENCE_DATA is {root!r}; set it to the folder that holds data/ and golden/"
        )
    return Path(root)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once: MLflow takes seconds for its tables."""
    import mlflow

    path = tmp_path_factory.mktemp("database") / "mlflow.db"
    mlflow.MlflowClient(f"sqlite:///{path}").search_experiments()
    return path
