"""Which nodes of a pipeline will run."""

from __future__ import annotations

from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node


def nodes_to_run(pipeline: Pipeline, catalog: DataCatalog, *, only_missing: bool) -> list[Node]:
    """All nodes; with `--only-missing-outputs` those of which an output is not there."""
    return [
        node
        for node in pipeline.nodes
        if not only_missing or not all(catalog.exists(name) for name in node.outputs)
    ]
