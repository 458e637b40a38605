"""What is written into MLflow, as lines of JSON and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from google.protobuf.json_format import MessageToDict, ParseDict
from mlflow.entities import DatasetInput, Metric, Param, RunStatus, RunTag
from mlflow.protos.service_pb2 import DatasetInput as DatasetInputMessage

Store = Any
"""MLflow's `AbstractStore`, whose methods have no types."""
Operation = dict[str, Any]
"""``name`` of a method of MLflow's store, and its arguments as JSON takes them."""


def log_batch(
    run_id: str, metrics: Sequence[Metric], params: Sequence[Param], tags: Sequence[RunTag]
) -> Operation:
    """Points of curves, parameters and tags."""
    return {
        "name": "log_batch",
        "run_id": run_id,
        "metrics": [[m.key, m.value, m.timestamp, m.step] for m in metrics],
        "params": [[param.key, param.value] for param in params],
        "tags": [[tag.key, tag.value] for tag in tags],
    }


def update_run_info(run_id: str, run_status: Any, end_time: int | None, name: Any) -> Operation:
    """How a run ended, and when (milliseconds); ``name`` renames it."""
    status = run_status if isinstance(run_status, int) else RunStatus.from_string(str(run_status))
    return {
        "name": "update_run_info",
        "run_id": run_id,
        "run_status": status,
        "end_time": end_time,
        "run_name": name,
    }


def log_inputs(run_id: str, datasets: Sequence[DatasetInput]) -> Operation:
    """Which data a run has read."""
    messages = [MessageToDict(dataset.to_proto()) for dataset in datasets]
    return {"name": "log_inputs", "run_id": run_id, "datasets": messages}


def create_run(run_id: str, given: dict[str, Any]) -> Operation:
    """A run that has a number of ours until there is one of the server's."""
    tags = [[tag.key, tag.value] for tag in given["tags"]]
    return {"name": "create_run", "run_id": run_id, "given": given | {"tags": tags}}


def carry_out(operation: Operation, store: Store, *, run_id: str) -> str:
    """Do with ``store`` what was written down; return the run's id there.

    Args:
        operation: made by a function of this file.
        store: MLflow's own.
        run_id: of the run, as the server knows it.
    """
    name = operation["name"]
    if name == "create_run":
        given = operation["given"]
        created = store.create_run(**given | {"tags": [RunTag(*tag) for tag in given["tags"]]})
        return str(created.info.run_id)
    if name == "log_batch":
        store.log_batch(
            run_id,
            [Metric(*metric) for metric in operation["metrics"]],
            [Param(*param) for param in operation["params"]],
            [RunTag(*tag) for tag in operation["tags"]],
        )
    elif name == "log_inputs":
        messages = [ParseDict(held, DatasetInputMessage()) for held in operation["datasets"]]
        store.log_inputs(run_id, [DatasetInput.from_proto(message) for message in messages])
    else:
        store.update_run_info(
            run_id, operation["run_status"], operation["end_time"], operation["run_name"]
        )
    return run_id
