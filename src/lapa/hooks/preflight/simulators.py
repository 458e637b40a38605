"""Policies that learn from a simulator cannot be rolled out in another one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lapa.params.envs import RecordParams
from lapa.params.evaluation import EvaluationParams
from lapa.params.experiment import robot_set
from lapa.params.finetune import FinetuneParams
from lapa.refused import RefusedError


def require_one_simulator(parameters: Mapping[str, Any]) -> None:
    """Refuse rollouts in another simulator than the one that the labelled episodes come from.

    Policies of a real robot are not looked at: whoever rolls those out in a simulator knows why.

    Args:
        parameters: of the nodes that will run, by dataset name.

    Raises:
        RefusedError: naming both simulators.
    """
    finetune, evaluation = (
        parameters.get(f"params:{section}") for section in ("finetune", "evaluation")
    )
    if not (isinstance(finetune, FinetuneParams) and isinstance(evaluation, EvaluationParams)):
        return
    name = f"datasets.{robot_set(finetune.dataset or '')}.recording"
    recording = parameters.get(f"params:{name}")
    if evaluation.rollout is None or not isinstance(recording, RecordParams):
        return
    recorded, rolled_out = recording.simulator.kind, evaluation.rollout.simulator.kind
    if recorded != rolled_out:
        raise RefusedError(
            f"{name}.simulator.kind is {recorded!r}, evaluation.rollout.simulator.kind is "
            f"{rolled_out!r}, expected the same: a policy knows the actions of the simulator it learnt "
            "from; set both, and evaluation.rollout.tasks to its tasks"
        )
