"""Every arm of the experiment is a nested MLflow run, named as the arm."""

from __future__ import annotations

from typing import Any

import mlflow
from kedro.framework.hooks import hook_impl
from kedro.pipeline.node import Node

from lapa.hooks.continuing import PROCESS_TAG, find_arms
from lapa.hooks.lineage import log_shards
from lapa.hooks.parameters import log_parameters
from lapa.records import ShardSet
from lapa.tracking.process import this_process


class ArmRunsHook:
    """Opens the nested run of a node's namespace before it runs and closes it after.

    All nodes of one arm share one nested run, whichever pipeline or command they belong to.
    """

    def __init__(self) -> None:
        self._run_ids: dict[str, str] = {}

    @hook_impl
    def before_pipeline_run(self) -> None:
        """Find the arms of earlier commands; forget those of an earlier run of the same process."""
        active = mlflow.active_run()
        self._run_ids = find_arms(mlflow.MlflowClient(), active) if active is not None else {}

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

    def _leave(self, node: Node, status: str) -> None:
        active: Any = mlflow.active_run()
        if active is not None and active.info.run_id == self._run_ids.get(node.namespace or ""):
            mlflow.end_run(status)
