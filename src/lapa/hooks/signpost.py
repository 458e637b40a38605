"""Say where the report is."""

from __future__ import annotations

from pathlib import Path

from kedro.framework.hooks import hook_impl
from kedro.io import DataCatalog
from rich.console import Console

from lapa.records import Report


class SignpostHook:
    """Ends a run with the path of the report, if there is one."""

    @hook_impl(trylast=True)
    def after_pipeline_run(self, catalog: DataCatalog) -> None:
        """Print the path on its own line, so that a terminal can open it."""
        if "report" not in catalog or not catalog.exists("report"):
            return
        report = catalog.load("report")
        if isinstance(report, Report):
            page = Path(report.path, "report.html").resolve()
            Console(stderr=True, soft_wrap=True).print(f"Report: {page}", highlight=False)
