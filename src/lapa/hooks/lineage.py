"""What a run read and made: digests as tags, shards as datasets, reports as metrics and files."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import mlflow
from kedro.framework.hooks import hook_impl
from mlflow.entities import Dataset, DatasetInput, InputTag
from mlflow.exceptions import MlflowException
from mlflow.utils.mlflow_tags import MLFLOW_DATASET_CONTEXT

from lapa.data.mixing.table import TABLE
from lapa.datasets.shard_set import CONTACT_SHEET
from lapa.evaluation.scorecard.storage import TABLE as TABLE_OF_SCORES
from lapa.hooks.headline import headline
from lapa.hooks.scorecard import log_scorecard
from lapa.records import Checkpoint, EvaluationReport, Record, ShardSet
from lapa.tracking.journal import is_away

logger = logging.getLogger(__name__)

_DIGEST_LENGTH = 36
"""MLflow takes no longer digest of a dataset; the tag `digest.clip_shards` has all of it."""


class LineageHook:
    """Tags the run with `digest.<dataset>`; logs datasets, metrics, plots and pages of reports."""

    @hook_impl
    def after_dataset_loaded(self, dataset_name: str, data: Any) -> None:
        """Tag an input's digest."""
        _tag(dataset_name, data)

    @hook_impl
    def after_dataset_saved(self, dataset_name: str, data: Any) -> None:
        """Tag an output's digest; an arm's headline also belongs beside that of the others."""
        _tag(dataset_name, data)
        arm, _, name = dataset_name.rpartition(".")
        if name and arm and mlflow.active_run() is not None:
            mlflow.log_metrics(headline(data, arm))

    @hook_impl
    def after_node_run(self, outputs: dict[str, Any]) -> None:
        """Log the headline of what a node returned, and metrics and plots of reports."""
        if mlflow.active_run() is None:
            return
        for name, data in outputs.items():
            mlflow.log_metrics(headline(data))
            if isinstance(data, Checkpoint) and data.precision:
                mlflow.set_tag(f"precision/{data.kind}", data.precision)
            if isinstance(data, EvaluationReport):
                _log_report(data)
                log_scorecard(data)
                _log_files(name, data.path, *data.plots, "report.html", TABLE_OF_SCORES)
            if isinstance(data, ShardSet):
                _log_files(name, data.path, CONTACT_SHEET, "ingestion_report.json", TABLE)


def log_shards(shards: ShardSet, context: str) -> None:
    """List every dataset of a shard set among the inputs of the active run; again is no harm.

    Args:
        shards: read or written by a node.
        context: what for, e.g. ``training``.
    """
    run = mlflow.active_run()
    if run is None:
        return
    tags = [InputTag(key=MLFLOW_DATASET_CONTEXT, value=context)]
    inputs = [DatasetInput(dataset=dataset, tags=tags) for dataset in _datasets(shards)]
    mlflow.MlflowClient().log_inputs(run.info.run_id, datasets=inputs)


def _datasets(shards: ShardSet) -> list[Dataset]:
    return [
        Dataset(
            name=name,
            digest=shards.digest[:_DIGEST_LENGTH],
            source_type="local",
            source=json.dumps({"uri": shards.path}),
            profile=json.dumps({"episodes": facts.episodes, "fps": facts.fps}),
        )
        for name, facts in shards.datasets.items()
    ]


def _tag(dataset_name: str, data: Any) -> None:
    if not isinstance(data, Record) or mlflow.active_run() is None:
        return
    if digest := getattr(data, "digest", None):
        mlflow.set_tag(f"digest.{dataset_name}", digest)
    if isinstance(data, ShardSet):
        log_shards(data, "training")


def _log_report(report: EvaluationReport) -> None:
    several = len(report.metrics) > 1
    for subject, metrics in report.metrics.items():
        prefix = f"report/{subject}/" if several and subject != "policy" else "report/"
        mlflow.log_metrics({f"{prefix}{metric.name}": metric.value for metric in metrics})


def _log_files(dataset_name: str, folder: str, *names: str) -> None:
    """Log those of the files that exist, in a folder of the dataset's name.

    Artefacts are not published yet: the scratch folders of all reports bear the same name.
    """
    for path in (Path(folder, name) for name in names):
        if path.is_file():
            _log_file(path, dataset_name)


def _log_file(path: Path, folder: str) -> None:
    """Files are not kept for a server that is away: they lie in the artefact, whose name the run knows."""
    try:
        mlflow.log_artifact(str(path), artifact_path=folder)
    except (MlflowException, OSError) as error:
        if not is_away(error):
            raise
        logger.warning("MLflow is away: %s of %s is not in its run", path.name, folder)
