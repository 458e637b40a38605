"""Say where the page of a run is."""

from __future__ import annotations

from pathlib import Path

from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from kedro.pipeline import Pipeline
from rich.console import Console

from lapa.records import Report

PAGES = ("report", "laq_page")
"""Datasets with a page, the fullest first."""


class SignpostHook:
    """Ends a run with the path of the page it wrote, if there is one."""

    @hook_impl(trylast=True)
    def after_pipeline_run(self, pipeline: Pipeline, catalog: DataCatalog) -> None:
        """Print the path on its own line, so that a terminal can open it.

        With ``--only-missing-outputs`` a page that is there already is named as well.
        """
        made = [name for name in PAGES if name in pipeline.all_outputs() and catalog.exists(name)]
        report = catalog.load(made[0]) if made else None
        if isinstance(report, Report):
            page = Path(report.path, "report.html").resolve()
            Console(stderr=True, soft_wrap=True).print(f"Report: {page}", highlight=False)
