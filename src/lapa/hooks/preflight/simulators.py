"""Policies that learn from a simulator alone cannot be rolled out in another one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lapa.params.envs import RecordParams
from lapa.params.evaluation import EvaluationParams
from lapa.params.ingestion import IngestionParams
from lapa.refused import RefusedError


def require_one_simulator(parameters: Mapping[str, Any]) -> None:
    """Refuse rollouts in another simulator than the one that all labelled episodes come from.

    Where other recordings are ingested too, the policy may have learnt from those, and nothing is said.

    Args:
        parameters: of the nodes that will run, by dataset name.

    Raises:
        RefusedError: naming both simulators.
    """
    recording = parameters.get("params:recording")
    ingestion = parameters.get("params:ingestion")
    evaluation = parameters.get("params:evaluation")
    if not (
        isinstance(recording, RecordParams)
        and isinstance(ingestion, IngestionParams)
        and isinstance(evaluation, EvaluationParams)
    ):
        return
    if evaluation.rollout is None or recording.num_episodes == 0 or ingestion.sources:
        return
    recorded, rolled_out = recording.simulator.kind, evaluation.rollout.simulator.kind
    if recorded != rolled_out:
        raise RefusedError(
            f"recording.simulator.kind is {recorded!r}, evaluation.rollout.simulator.kind is "
            f"{rolled_out!r}, expected the same: a policy knows the actions of the simulator it learnt "
            "from; set both, and evaluation.rollout.tasks to its tasks"
        )
