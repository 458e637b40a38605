"""A search looks at its scenes so often that they are used up: those that are scored it may not look at."""

from __future__ import annotations

from lapa.params.evaluation import EvaluationParams, RolloutParams
from lapa.refused import RefusedError
from lapa.studies.configuration import Configuration

CLOSED_LOOP = "policy_report.success"
"""Begins the metrics that depend on the scenes."""


def require_scenes_for_choosing(metric: str, configuration: Configuration) -> None:
    """Refuse to optimise success in scenes that policies are scored on.

    Args:
        metric: that is optimised.
        configuration: of the trials.

    Raises:
        RefusedError: naming the scenes.
    """
    evaluation = EvaluationParams.model_validate(configuration.parameters["evaluation"])
    if evaluation.rollout is None or not metric.startswith(CLOSED_LOOP):
        return
    scored, tried = _seeds(RolloutParams()), _seeds(evaluation.rollout)
    if tried.start < scored.stop and scored.start < tried.stop:
        raise RefusedError(
            f"the sweep would choose by scenes {tried.start} to {tried.stop - 1}, on which every policy is scored; "
            "expected others: set evaluation.rollout.first_seed in params (docs/scenes.md lists what is free)"
        )


def _seeds(rollout: RolloutParams) -> range:
    return range(rollout.first_seed, rollout.first_seed + rollout.num_scenes)
