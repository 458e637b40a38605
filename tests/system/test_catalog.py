from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kedro.framework.project import pipelines
from kedro.framework.session import KedroSession
from kedro.framework.startup import bootstrap_project
from kedro.io import DataCatalog, MemoryDataset

ROOT = Path(__file__).parents[2]
STAGES_IN_ORDER = ["raw", "shards", "laq", "labels", "foundation", "policy", "reporting"]


@pytest.fixture(scope="module", autouse=True)
def _own_tracking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Loading a context opens the tracking store; it must not be the project's own."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("tracking")
        patch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder}/mlflow.db")
        yield


@pytest.fixture(scope="module")
def catalog() -> DataCatalog:
    bootstrap_project(ROOT)
    with KedroSession.create(project_path=ROOT) as session:
        return session.load_context().catalog


def artefacts() -> set[str]:
    return {name for name in pipelines["__default__"].datasets() if not name.startswith("params:")}


def test_every_artefact_has_a_home_and_a_layer(catalog: DataCatalog) -> None:
    for name in artefacts():
        dataset = catalog.get(name)
        assert not isinstance(dataset, MemoryDataset), f"{name} would be lost with the process"
        assert dataset.metadata["kedro-viz"]["layer"] in STAGES_IN_ORDER, name


def test_layers_never_run_backwards(catalog: DataCatalog) -> None:
    """Kedro-Viz drops all layers as soon as two of them form a cycle."""

    def layer(name: str) -> int:
        return STAGES_IN_ORDER.index(catalog.get(name).metadata["kedro-viz"]["layer"])

    for node in pipelines["__default__"].nodes:
        sources = [layer(name) for name in node.inputs if not name.startswith("params:")]
        targets = [layer(name) for name in node.outputs]
        assert max(sources, default=0) <= min(targets), node.name


def test_every_output_path_carries_the_run_name() -> None:
    bootstrap_project(ROOT)
    with KedroSession.create(project_path=ROOT, runtime_params={"run": "elsewhere"}) as session:
        catalog = session.load_context().catalog
        for name in artefacts():
            assert "/elsewhere/" in str(catalog.get(name)._describe()["filepath"]), name
