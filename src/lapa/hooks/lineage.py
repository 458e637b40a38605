"""Digests of everything a run produced or read become MLflow tags; reports and pictures its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mlflow
from kedro.framework.hooks import hook_impl

from lapa.datasets.shard_set import CONTACT_SHEET
from lapa.records import Record, Report, ShardSet


class LineageHook:
    """Tags the active run with `digest.<dataset>`; logs figures, pictures and pages of reports."""

    @hook_impl
    def after_dataset_loaded(self, dataset_name: str, data: Any) -> None:
        """Tag an input's digest."""
        _tag(dataset_name, data)

    @hook_impl
    def after_dataset_saved(self, dataset_name: str, data: Any) -> None:
        """Tag an output's digest."""
        _tag(dataset_name, data)

    @hook_impl
    def after_node_run(self, outputs: dict[str, Any]) -> None:
        """Log the figures and pictures of every report a node returned."""
        if mlflow.active_run() is None:
            return
        for name, data in outputs.items():
            if isinstance(data, Report):
                _log_report(data)
                _log_files(name, data.path, *data.pictures, "report.html")
            if isinstance(data, ShardSet):
                _log_files(name, data.path, CONTACT_SHEET, "ingestion_report.json")


def _tag(dataset_name: str, data: Any) -> None:
    digest = getattr(data, "digest", None)
    if isinstance(data, Record) and digest and mlflow.active_run() is not None:
        mlflow.set_tag(f"digest.{dataset_name}", digest)


def _log_report(report: Report) -> None:
    several = len(report.arms) > 1
    for arm, figures in report.arms.items():
        prefix = f"{arm}/" if several else ""
        mlflow.log_metrics({f"{prefix}{figure.name}": figure.value for figure in figures})


def _log_files(dataset_name: str, folder: str, *names: str) -> None:
    """Log those of the files that exist, in a folder of the dataset's name.

    Artefacts are not published yet: the scratch folders of all reports bear the same name.
    """
    for path in (Path(folder, name) for name in names):
        if path.is_file():
            mlflow.log_artifact(str(path), artifact_path=dataset_name)
