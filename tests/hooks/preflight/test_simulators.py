from __future__ import annotations

from typing import Any

import pytest

from lapa.hooks.preflight.simulators import require_one_simulator
from lapa.params.envs import RecordParams
from lapa.params.evaluation import EvaluationParams, RolloutParams
from lapa.params.finetune import FinetuneParams
from lapa.refused import RefusedError
from toys.simulator_toy import PointWorldParams

TOY = PointWorldParams()


def parameters(**changes: Any) -> dict[str, Any]:
    chosen = {
        "datasets.point.recording": RecordParams(num_episodes=2, simulator=TOY),
        "finetune": FinetuneParams(dataset="point"),
        "evaluation": EvaluationParams(),
    }
    return {f"params:{name}": value for name, value in (chosen | changes).items()}


def test_rollouts_in_another_simulator_are_refused_by_name() -> None:
    with pytest.raises(RefusedError, match=r"evaluation\.rollout\.simulator\.kind is 'tabletop'"):
        require_one_simulator(parameters())


@pytest.mark.parametrize(
    "changes",
    [
        {"evaluation": EvaluationParams(rollout=RolloutParams(simulator=TOY, tasks=TOY.tasks))},
        {"evaluation": EvaluationParams(rollout=None)},
        {"finetune": FinetuneParams(dataset="robot")},
        {"datasets.point.recording": None},
    ],
)
def test_what_may_fit_is_let_through(changes: dict[str, Any]) -> None:
    require_one_simulator(parameters(**changes))
