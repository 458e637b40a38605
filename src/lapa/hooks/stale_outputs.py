"""Say what artefacts were made with, and name those that a run keeps although it would make others."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from kedro.pipeline.node import Node

import lapa
from lapa.datasets.made_with import MadeWith
from lapa.folders.asked import asked_of
from lapa.hooks.generations import artefacts_in, made_from, require_own_places, stale
from lapa.hooks.to_run import nodes_to_run
from lapa.params.sections import WORK
from lapa.records import Record

logger = logging.getLogger(__name__)


class StaleOutputsHook:
    """Writes ``made_with.json`` into every artefact; before and after a run compares those it keeps."""

    def __init__(self) -> None:
        self._kept: set[str] = set()
        self._named: set[str] = set()
        self._inputs: dict[str, set[str]] = {}

    @hook_impl(tryfirst=True)
    def before_pipeline_run(
        self, run_params: dict[str, Any], pipeline: Pipeline, catalog: DataCatalog
    ) -> None:
        """Warn about every artefact that the run will use or leave as it is.

        Raises:
            RefusedError: an artefact lies in the place of another.
        """
        only_missing = bool(run_params.get("only_missing_outputs"))
        nodes = nodes_to_run(pipeline, catalog, only_missing=only_missing)
        self._kept = pipeline.datasets() - {name for node in nodes for name in node.outputs}
        self._named = set()
        self._inputs = {name: set(node.inputs) for node in pipeline.nodes for name in node.outputs}
        require_own_places(artefacts_in(catalog, self._kept))
        self._warn(catalog)

    @hook_impl
    def after_node_run(self, node: Node, inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
        """Say beside every artefact what it was made with."""
        asked = asked_of({n: value for n, value in inputs.items() if n != f"params:{WORK}"})
        for name, value in outputs.items():
            if isinstance(value, Record) and (path := getattr(value, "path", None)):
                made = MadeWith(
                    dataset=name, node=node.name, version=lapa.__version__, inputs=asked
                )
                made.write(Path(path))

    @hook_impl
    def after_pipeline_run(self, catalog: DataCatalog) -> None:
        """Warn about what was kept and has got another ancestor meanwhile."""
        self._warn(catalog)

    def _warn(self, catalog: DataCatalog) -> None:
        kept = list(artefacts_in(catalog, self._kept))
        new = [
            old for old in stale(catalog, kept, self._inputs) if old[0].dataset not in self._named
        ]
        for artefact, changed in new:
            reasons = "; ".join(map(str, changed))
            logger.warning("%s is stale (%s): %s", artefact.dataset, artefact.folder, reasons)
        names = {artefact.dataset for artefact, _ in new}
        self._named |= names
        if new:
            children = ", ".join(made_from(names, kept))
            logger.warning(
                "Stale artefacts are used as they are%s. For others: a new name "
                "(--params=run=NAME), or delete their folders, or run without --only-missing-outputs.",
                f", and so is what was made from them ({children})" if children else "",
            )
