"""Trials in words: states, values, and the parameters of one as the command line takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from optuna.trial import FrozenTrial, TrialState

from lapa.evaluation.formatting import ABSENT

STATES = {
    TrialState.COMPLETE: "complete",
    TrialState.PRUNED: "pruned",
    TrialState.FAIL: "failed",
    TrialState.RUNNING: "running, or stopped",
    TrialState.WAITING: "waiting",
}


def state_of(trial: FrozenTrial) -> str:
    """What became of a trial; of one that was pruned the step, too."""
    at = f" at step {trial.last_step}" if trial.state is TrialState.PRUNED else ""
    return f"{STATES[trial.state]}{at}"


def value_of_trial(trial: FrozenTrial) -> str:
    """What a trial is worth; Optuna's value of a pruned one is not of the metric."""
    if trial.state is not TrialState.COMPLETE or trial.value is None:
        return ABSENT
    return value_text(trial.value)


def value_text(value: Any) -> str:
    """A number with four digits, a word as it is."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def params_line(point: Mapping[str, Any]) -> str:
    """``--params=NAME=VALUE,…`` for `kedro run` and `lapa run`, in full precision."""
    return "--params=" + ",".join(f"{name}={_said(value)}" for name, value in point.items())


def _said(value: Any) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def short_name(parameter: str) -> str:
    """The last two parts of a dotted name: ``optimizer.learning_rate``."""
    return ".".join(parameter.split(".")[-2:])
