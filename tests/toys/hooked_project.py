"""Kedro's own runner with our hooks, an MLflow database of the test, and a toy pipeline."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import mlflow
from kedro.config import OmegaConfigLoader
from kedro.framework.hooks.manager import _create_hook_manager
from kedro.io import DataCatalog, MemoryDataset, SharedMemoryDataCatalog
from kedro.pipeline import Pipeline
from kedro.runner import ParallelRunner, SequentialRunner, task

from lapa import hooks

SETTINGS = """
server: {mlflow_tracking_uri: "sqlite:///FOLDER/mlflow.db"}
tracking:
  experiment: {name: lapa, create_experiment_kwargs: {artifact_location: "FOLDER/artifacts"}}
  run: {name: toy, nested: true}
"""


def _hooks() -> tuple[Any, ...]:
    return (
        hooks.ShortErrorsHook(),
        hooks.SignpostHook(),
        hooks.ArmRunsHook(),
        hooks.LineageHook(),
        hooks.TimingHook(),
        hooks.DescriptionHook(),
        hooks.TypedParametersMlflowHook(),
        hooks.InterruptHook(),
    )


class HookedProject:
    """Runs pipelines as a Kedro session would; every call is one command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def make(cls, folder: Path, database: Path) -> HookedProject:
        """Configuration, and a copy of an empty database."""
        shutil.copy(database, folder / "mlflow.db")
        (folder / "conf/base").mkdir(parents=True)
        (folder / "conf/local").mkdir()
        (folder / "conf/base/mlflow.yml").write_text(SETTINGS.replace("FOLDER", str(folder)))
        return cls(folder)

    def run(self, pipeline: Pipeline, *, side_by_side: bool = False, **data: Any) -> None:
        """Run ``pipeline`` on a catalog of ``data``; ``params__x`` is `params:x`.

        ``side_by_side`` is Kedro's ParallelRunner.
        """
        manager = _create_hook_manager()
        ours = _hooks()
        for hook in ours:
            manager.register(hook)
        manager.hook.after_context_created(context=self._context())
        kind = SharedMemoryDataCatalog if side_by_side else DataCatalog
        catalog = kind(
            {name.replace("params__", "params:"): MemoryDataset(d) for name, d in data.items()}
        )
        facts = self._facts()
        manager.hook.before_pipeline_run(run_params=facts, pipeline=pipeline, catalog=catalog)
        # processes of nodes take the hooks from the settings of the project
        settings = SimpleNamespace(HOOKS=ours, DISABLE_HOOKS_FOR_PLUGINS=("kedro_mlflow",))
        try:
            with patch.object(task, "settings", settings):
                runner = ParallelRunner(max_workers=2) if side_by_side else SequentialRunner()
                runner.run(pipeline, catalog, manager)
        except Exception as error:
            manager.hook.on_pipeline_error(
                error=error, run_params=facts, pipeline=pipeline, catalog=catalog
            )
            raise
        manager.hook.after_pipeline_run(run_params=facts, pipeline=pipeline, catalog=catalog)

    @property
    def client(self) -> mlflow.MlflowClient:
        return mlflow.MlflowClient(f"sqlite:///{self.folder}/mlflow.db")

    @property
    def experiment(self) -> mlflow.entities.Experiment:
        experiment = self.client.get_experiment_by_name("lapa")
        assert experiment is not None
        return experiment

    def runs(self, *, nested: bool = False) -> list[mlflow.entities.Run]:
        """Runs of the pipelines, or of the arms, oldest first."""
        found = self.client.search_runs(
            [self.experiment.experiment_id], order_by=["attributes.start_time ASC"]
        )
        return [run for run in found if ("mlflow.parentRunId" in run.data.tags) == nested]

    def _context(self) -> Any:
        loader = OmegaConfigLoader(
            str(self.folder / "conf"), base_env="base", default_run_env="local"
        )
        return SimpleNamespace(
            config_loader=loader,
            project_path=self.folder,
            env=None,
            _package_name="lapa",
            _get_config_credentials=dict,
        )

    def _facts(self) -> dict[str, Any]:
        selections = (
            "tags",
            "from_nodes",
            "to_nodes",
            "node_names",
            "from_inputs",
            "load_versions",
        )
        return {
            "run_id": "2026-01-01T00.00.00.000Z",
            "project_path": str(self.folder),
            "env": "test",
            "pipeline_names": None,
            "runner": "<kedro.runner.SequentialRunner object at 0x7f>",
            **dict.fromkeys(selections),
        }
