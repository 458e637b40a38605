"""Say where the page of a run and its curves are."""

from __future__ import annotations

from pathlib import Path

import mlflow
from kedro.framework.context import KedroContext
from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from rich.console import Console

from lapa.records import EvaluationReport
from lapa.tracking.begun_away import begun_away

PAGES = ("report", "laq_page")
"""Datasets with a page, the fullest first."""


class SignpostHook:
    """Ends a run with the address of its curves, and the path of the page it wrote if there is one."""

    def __init__(self) -> None:
        self._page = ""
        self._hint = ""
        self._curves = ""

    @hook_impl(trylast=True)
    def after_context_created(self, context: KedroContext) -> None:
        """Note where MLflow's page is: on its server, or where `kedro mlflow ui` puts it; nowhere while it is away."""
        uri, ui = mlflow.get_tracking_uri(), context.mlflow.ui  # type: ignore[attr-defined]
        on_server = uri.startswith("http")
        self._page = uri if on_server else f"http://{ui.host}:{ui.port}"
        if begun_away(uri):
            self._page = ""
        self._hint = "" if on_server else " (while `kedro mlflow ui` runs)"

    @hook_impl(trylast=True)
    def before_pipeline_run(self) -> None:
        """Note the run's own page."""
        run = mlflow.active_run()
        self._curves = self._page + run_page(run) if run and self._page else ""

    @hook_impl(trylast=True)
    def after_pipeline_run(self, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Print each on its own line, so that a terminal can open it.

        With ``--only-missing-outputs`` a page that is there already is named as well.
        """
        console = Console(stderr=True, soft_wrap=True)
        if self._curves:
            console.print(f"Curves: {self._curves}{self._hint}", highlight=False)
        made = [name for name in PAGES if name in pipeline.all_outputs() and catalog.exists(name)]
        report = catalog.load(made[0]) if made else None
        if isinstance(report, EvaluationReport):
            page = Path(report.path, "report.html").resolve()
            console.print(f"Report: {page}", highlight=False)


def run_page(run: mlflow.ActiveRun) -> str:
    """Address of a run below MLflow's page, which without the last part shows tools for chat bots."""
    where = f"/#/experiments/{run.info.experiment_id}/runs/{run.info.run_id}"
    return f"{where}?workflowType=machine_learning"
