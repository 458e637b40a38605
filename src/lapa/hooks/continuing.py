"""One experiment is one MLflow run, however many commands it takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Run
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID

from lapa.tracking.process import is_gone

RUN_TAG = "lapa.run"
"""Name of the experiment: `--params=run=NAME`."""
PROCESS_TAG = "lapa.process"
"""Who logs into the run, as `lapa.tracking.process.this_process` says it."""


def find_run(
    client: MlflowClient, experiment_id: str, name: str, parameters: Mapping[str, Any]
) -> str | None:
    """Id of the newest run of this name, if a command with ``parameters`` may continue it.

    MLflow's parameters cannot change, and a run that another process still logs into is its own: in
    both cases the answer is None, and a new run is right.
    """
    query = f"tags.`{RUN_TAG}` = '{name}'"
    runs = client.search_runs(
        [experiment_id], query, order_by=["attributes.start_time DESC"], max_results=1
    )
    if not runs or runs[0].info.status == "RUNNING":
        return None
    logged = runs[0].data.params
    if any(logged.get(key, str(value)) != str(value) for key, value in parameters.items()):
        return None
    run_id: str = runs[0].info.run_id
    return run_id


def find_arms(client: MlflowClient, parent: Run) -> dict[str, str]:
    """Run ids of the arms that are nested in ``parent``, by name."""
    query = f"tags.`{MLFLOW_PARENT_RUN_ID}` = '{parent.info.run_id}'"
    arms = client.search_runs([parent.info.experiment_id], query)
    return {arm.data.tags["arm"]: arm.info.run_id for arm in arms if "arm" in arm.data.tags}


def close_dead_runs(client: MlflowClient, experiment_id: str) -> list[str]:
    """Mark runs as killed whose process died without a word; return their ids."""
    running = client.search_runs([experiment_id], "attributes.status = 'RUNNING'")
    dead = [
        run.info.run_id
        for run in running
        if PROCESS_TAG in run.data.tags and is_gone(run.data.tags[PROCESS_TAG])
    ]
    for run_id in dead:
        client.set_terminated(run_id, "KILLED")
    return dead
