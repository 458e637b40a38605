"""A trial in MLflow: its run knows its number, its point of the space, its value, and whether it was pruned."""

from __future__ import annotations

import optuna
from mlflow import MlflowClient
from mlflow.entities import Metric, RunTag

from lapa.studies.mlflow_runs import newest_run

STATE_TAG = "sweep.state"
"""``complete`` or ``pruned``."""
TRIAL_TAG = "sweep.trial"
OBJECTIVE = "objective"


def describe_trial(name: str, trial: optuna.Trial, state: str, value: float | None) -> None:
    """Log into the run of a trial what it was in the sweep; without one nothing is logged.

    Args:
        name: of the run.
        trial: its number and parameters.
        state: for the tag `STATE_TAG`.
        value: of the metric that is optimised; None is not logged.
    """
    run = newest_run(name)
    if run is None:
        return
    client, when = MlflowClient(), run.info.end_time or run.info.start_time
    tags = [RunTag(STATE_TAG, state), RunTag(TRIAL_TAG, str(trial.number))]
    metrics = [] if value is None else [Metric(OBJECTIVE, value, when, 0)]
    client.log_batch(run.info.run_id, metrics=metrics, tags=tags)
    for parameter, point in trial.params.items():
        if parameter not in run.data.params:  # globals: sections that were read are logged already
            client.log_param(run.info.run_id, parameter, point)
