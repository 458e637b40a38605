"""Runs that begin while MLflow is away: a database of their own, from which they are copied when it answers."""

from __future__ import annotations

import atexit
import logging
import shutil
import time
from pathlib import Path

from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts
from mlflow.entities import Param, Run
from mlflow.exceptions import MlflowException
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID
from mlflow.utils.validation import MAX_METRICS_PER_BATCH, MAX_PARAMS_TAGS_PER_BATCH

from lapa.folders.lock import one_at_a_time
from lapa.folders.whole_file import write_whole
from lapa.tracking.journal import FOLDER, folder_of
from lapa.tracking.process import is_gone, this_process

KEPT_AS = "lapa.kept_as"
"""Tag of a copied run: its id in the database that kept it. Copying twice changes nothing."""
ARTIFACTS = "artifacts"
_BEGUN = "begun-"
_OWNER = "owner"

logger = logging.getLogger(__name__)


def database_for(uri: str) -> Path:
    """Folder of the database that keeps this process's runs until MLflow at ``uri`` answers.

    One that an earlier command left there is taken over, so that its runs are continued.
    """
    FOLDER.mkdir(exist_ok=True)
    with one_at_a_time(FOLDER):
        free = [folder for folder in _folders(uri) if _is_free(folder)]
        folder = free[0] if free else folder_of(uri) / f"{_BEGUN}{time.time_ns()}"
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(folder / _OWNER, this_process())
    atexit.register(_release, folder.resolve())
    return folder.resolve()


def address_of(folder: Path) -> str:
    """Of the database in ``folder``, as MLflow takes it."""
    return f"sqlite:///{folder}/mlflow.db"


def begun_away(uri: str) -> bool:
    """Whether ``uri``, which MLflow is used at, is a database of `database_for`."""
    return f"/{FOLDER}/" in uri and _BEGUN in uri


def copy_begun(uri: str) -> None:
    """Copy what this process and dead ones have kept to MLflow at ``uri``, and delete it here; what fails stays."""
    if not _folders(uri):
        return
    with one_at_a_time(FOLDER):
        for folder in filter(_is_free, _folders(uri)):
            try:
                _copy_all(MlflowClient(address_of(folder.resolve())), MlflowClient(uri))
            except (MlflowException, OSError) as error:
                reason = str(error).splitlines()[0][:200]
                logger.warning(
                    "The runs in %s are not in MLflow at %s yet (%s); the next command tries again",
                    *(folder, uri, reason),
                )
                return
            shutil.rmtree(folder)


def _copy_all(source: MlflowClient, target: MlflowClient) -> None:
    for experiment in source.search_experiments():
        # children first: a run that is copied later finds those that name it as their parent
        newest_first = ["attributes.start_time DESC"]
        for run in source.search_runs([experiment.experiment_id], order_by=newest_first):
            _copy(run, source, target, _experiment(target, experiment.name))


def _copy(run: Run, source: MlflowClient, target: MlflowClient, experiment: str) -> None:
    kept = run.info.run_id
    known = target.search_runs([experiment], f"tags.`{KEPT_AS}` = '{kept}'", max_results=1)
    copy = known[0] if known else _created(run, target, experiment)
    real: str = copy.info.run_id
    params = [Param(*param) for param in run.data.params.items()]
    for at in range(0, len(params), MAX_PARAMS_TAGS_PER_BATCH):
        target.log_batch(real, params=params[at : at + MAX_PARAMS_TAGS_PER_BATCH])
    points = [p for key in run.data.metrics for p in source.get_metric_history(kept, key)]
    for at in range(0, len(points), MAX_METRICS_PER_BATCH):
        target.log_batch(real, metrics=points[at : at + MAX_METRICS_PER_BATCH])
    if run.inputs and run.inputs.dataset_inputs:
        target.log_inputs(real, datasets=run.inputs.dataset_inputs)
    _copy_files(run, source, target, real)
    for child in target.search_runs([experiment], f"tags.`{MLFLOW_PARENT_RUN_ID}` = '{kept}'"):
        target.set_tag(child.info.run_id, MLFLOW_PARENT_RUN_ID, real)
    ended = run.info.status if run.info.status != "RUNNING" else "KILLED"
    target.set_terminated(real, ended, run.info.end_time)


def _created(run: Run, target: MlflowClient, experiment: str) -> Run:
    tags = run.data.tags | {KEPT_AS: run.info.run_id}
    name = run.info.run_name
    return target.create_run(experiment, run.info.start_time, tags=tags, run_name=name)


def _copy_files(run: Run, source: MlflowClient, target: MlflowClient, real: str) -> None:
    if source.list_artifacts(run.info.run_id):
        files = download_artifacts(artifact_uri=run.info.artifact_uri)
        target.log_artifacts(real, files)


def _experiment(target: MlflowClient, name: str) -> str:
    known = target.get_experiment_by_name(name)
    return str(known.experiment_id if known else target.create_experiment(name))


def _folders(uri: str) -> list[Path]:
    """Newest first."""
    return sorted(folder_of(uri).glob(f"{_BEGUN}*"), reverse=True)


def _is_free(folder: Path) -> bool:
    """Whether nobody else writes there any more."""
    owner = (folder / _OWNER).read_text() if (folder / _OWNER).is_file() else ""
    return owner in ("", this_process()) or is_gone(owner)


def _release(folder: Path) -> None:
    """Say that this process has ended: on another machine nobody could know."""
    if folder.is_dir() and (folder / _OWNER).read_text() == this_process():
        (folder / _OWNER).write_text("")
