"""Every arm of the experiment is a nested MLflow run, named as the arm."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import mlflow
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from lapa.hooks.continuing import PROCESS_TAG, find_arms
from lapa.hooks.lineage import log_shards
from lapa.hooks.parameters import log_parameters
from lapa.hooks.side_by_side import is_side_by_side
from lapa.hooks.to_run import nodes_to_run
from lapa.records import ShardSet
from lapa.tracking.process import this_process


class ArmRunsHook:
    """Opens the nested run of a node's namespace before it runs and closes it after.

    All nodes of one arm share one nested run, whichever pipeline or command they belong to.
    """

    def __init__(self) -> None:
        self._run_ids: dict[str, str] = {}

    @hook_impl
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog
    ) -> None:
        """Find the arms of earlier commands; forget those of an earlier run of the same process.

        Nodes side by side cannot tell one another which run their arm has: it is opened for all of them, here.
        """
        active = mlflow.active_run()
        self._run_ids = find_arms(mlflow.MlflowClient(), active) if active is not None else {}
        if active is not None and is_side_by_side(catalog):
            only_missing = bool(run_params.get("only_missing_outputs"))
            nodes = nodes_to_run(pipeline, catalog, only_missing=only_missing)
            self._open(sorted({node.namespace for node in nodes if node.namespace}))

    @hook_impl
    def before_node_run(self, node: Node, inputs: dict[str, Any]) -> None:
        """Enter the arm's run; later MLflow calls of this node land there."""
        if not node.namespace or mlflow.active_run() is None:
            return
        known = self._run_ids.get(node.namespace)
        run = mlflow.start_run(
            run_id=known, run_name=None if known else node.namespace, nested=True
        )
        self._run_ids[node.namespace] = run.info.run_id
        mlflow.set_tags({"arm": node.namespace, PROCESS_TAG: this_process()})
        # kedro-mlflow logs what a node reads in the pipeline's run alone
        log_parameters(inputs)
        for shards in inputs.values():
            if isinstance(shards, ShardSet):
                log_shards(shards, "training")

    @hook_impl
    def after_node_run(self, node: Node) -> None:
        """Leave the arm's run."""
        self._leave(node, "FINISHED")

    @hook_impl
    def on_node_error(self, error: Exception, node: Node) -> None:
        """Mark the arm's run as failed."""
        self._leave(node, "FAILED")

    def _open(self, arms: Iterable[str]) -> None:
        """Open a run for each of the arms that has none, to be entered when its first node starts."""
        for arm in arms:
            if arm not in self._run_ids:
                run = mlflow.start_run(run_name=arm, nested=True)
                self._run_ids[arm] = run.info.run_id
                mlflow.set_tag("arm", arm)
                mlflow.end_run("SCHEDULED")

    def _leave(self, node: Node, status: str) -> None:
        active: Any = mlflow.active_run()
        if active is not None and active.info.run_id == self._run_ids.get(node.namespace or ""):
            mlflow.end_run(status)
