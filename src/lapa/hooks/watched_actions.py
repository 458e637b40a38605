"""Video without actions is refused as soon as its mixture is there, where an arm pretrains on true actions."""

from __future__ import annotations

from typing import Any

from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

from lapa.data.loading.require_actions import require_actions
from lapa.hooks.to_run import nodes_to_run
from lapa.records import ShardSet

MIXTURE = "mixture"
LABELS_ACTIONS = "label_actions"
"""Ends the name of the node that needs them."""


class WatchedActionsHook:
    """Looks at the mixture before the run, or once it is written."""

    def __init__(self) -> None:
        self._asked = False

    @hook_impl(tryfirst=True)
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog
    ) -> None:
        """Note whether actions are needed; look at a mixture that nothing will replace.

        Raises:
            ValueError: it has none, or several kinds.
        """
        only_missing = bool(run_params.get("only_missing_outputs"))
        nodes = nodes_to_run(pipeline, catalog, only_missing=only_missing)
        self._asked = any(map(_needs_actions, nodes))
        written = {name for node in nodes for name in node.outputs}
        if self._asked and MIXTURE not in written and catalog.exists(MIXTURE):
            self._check(catalog.load(MIXTURE))

    @hook_impl
    def after_node_run(self, outputs: dict[str, Any]) -> None:
        """Look at the mixture as soon as it is there.

        Raises:
            ValueError: it has no actions, or several kinds.
        """
        if self._asked and MIXTURE in outputs:
            self._check(outputs[MIXTURE])

    def _check(self, shards: Any) -> None:
        if isinstance(shards, ShardSet):
            require_actions(shards)


def _needs_actions(node: Node) -> bool:
    return bool(node.name.rpartition(".")[2] == LABELS_ACTIONS)
