from __future__ import annotations

from typing import Any

import pytest

from lapa.hooks.preflight.simulators import require_one_simulator
from lapa.params.envs import RecordParams
from lapa.params.evaluation import EvaluationParams, RolloutParams
from lapa.params.finetune import FinetuneParams
from lapa.params.mixture import DatasetParams
from lapa.refused import RefusedError
from toys.simulator_toy import PointWorldParams

TOY = PointWorldParams()


def parameters(**changes: Any) -> dict[str, Any]:
    chosen = {
        "recording": RecordParams(num_episodes=2, simulator=TOY),
        "datasets.point": DatasetParams(kind="simulator"),
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
        {"datasets.point": DatasetParams(kind="recorded", path="elsewhere")},
        {"finetune": FinetuneParams(dataset="robot")},
        {"recording": None},
    ],
)
def test_what_may_fit_is_let_through(changes: dict[str, Any]) -> None:
    require_one_simulator(parameters(**changes))
