"""Log typed parameters to MLflow field by field."""

from __future__ import annotations

from typing import Any

from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline.node import Node
from kedro_mlflow.framework.hooks.mlflow_hook import MlflowHook
from pydantic import BaseModel


class TypedParametersMlflowHook(MlflowHook):
    """kedro-mlflow, with pydantic parameters as plain dictionaries.

    The plugin logs a pydantic model as one long string, so that runs cannot be compared;
    as dictionaries they become `laq.optimiser.learning_rate` and the like.
    """

    @hook_impl
    def before_node_run(
        self, node: Node, catalog: DataCatalog, inputs: dict[str, Any], is_async: bool
    ) -> None:
        """Log the node's `params:` inputs, one MLflow parameter per field."""
        super().before_node_run(
            node, catalog, {name: _plain(value) for name, value in inputs.items()}, is_async
        )


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value
