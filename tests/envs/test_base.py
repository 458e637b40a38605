"""What every simulator promises; a new one is one more entry of ``SIMULATORS``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import pytest

from lapa.envs.base import NO_SUCCESS, SUCCESS, Simulator, open_simulator
from lapa.params.envs import TabletopParams
from lapa.params.metaworld import MetaWorldParams
from lapa.params.simulators import SimulatorParams
from toys.metaworld import require_metaworld
from toys.simulator_toy import PointWorldParams

SIMULATORS: list[SimulatorParams] = [
    TabletopParams(image_size=16),
    PointWorldParams(),
    # one task alone: in MetaWorld each has a scene of its own
    MetaWorldParams(image_size=16, tasks=("drawer-open-v3",)),
]


@pytest.fixture(params=SIMULATORS, ids=lambda params: type(params).__name__)
def params(request: pytest.FixtureRequest) -> Any:
    if isinstance(request.param, MetaWorldParams):
        require_metaworld()
    return request.param


def played(simulator: Simulator, seed: int) -> list[Any]:
    now = simulator.reset(seed)
    steps = [now]
    for _ in range(6):
        action = simulator.expert_action()
        assert action is not None
        steps.append(simulator.step(action))
    return [(step.image.tolist(), step.state.tolist(), step.instruction) for step in steps]


def test_an_episode_is_a_function_of_its_seed(params: SimulatorParams) -> None:
    used = open_simulator(params)
    played(used, 1)
    assert played(used, 2) == played(open_simulator(params), 2)
    assert played(used, 2) != played(used, 3)


def test_a_task_that_is_named_leaves_the_scene_as_it_is(params: SimulatorParams) -> None:
    simulator = open_simulator(params)
    starts = [simulator.reset(4, task) for task in params.tasks]
    assert [start.task for start in starts] == list(params.tasks)
    for start in starts:
        np.testing.assert_array_equal(start.image, starts[0].image)


def test_a_time_step_is_as_the_spec_says(params: SimulatorParams) -> None:
    simulator = open_simulator(params)
    start = simulator.reset(0)
    low, high = np.array(simulator.spec.action_low), np.array(simulator.spec.action_high)
    for action in (low, high, (low + high) / 2):
        now = simulator.step(action.astype(np.float32))
        assert now.image.shape == start.image.shape
        assert now.image.dtype == np.uint8
        assert now.state.shape == (len(simulator.spec.state_names),)
        assert now.state.dtype == np.float32
        assert now.task in params.tasks
        assert now.instruction == start.instruction


def test_the_expert_stays_in_the_range_and_may_go_on_after_success(
    params: SimulatorParams,
) -> None:
    simulator = open_simulator(params)
    now, after = simulator.reset(1), 0
    for _ in range(params.max_steps):
        action = simulator.expert_action()
        assert action is not None
        assert (action >= np.float32(simulator.spec.action_low)).all()
        assert (action <= np.float32(simulator.spec.action_high)).all()
        now = simulator.step(action)
        after += now.success
        if after > 2:
            break
    assert after > 2


def test_an_episode_ends_in_a_few_words(params: SimulatorParams) -> None:
    simulator = open_simulator(params)
    simulator.reset(1)
    words = simulator.ending()
    assert words
    assert words != SUCCESS
    assert len(words) < 40


def test_a_simulator_that_tells_no_more_says_no_success() -> None:
    assert open_simulator(PointWorldParams()).ending() == NO_SUCCESS


def test_names_and_units_of_a_spec_belong_together() -> None:
    spec = open_simulator(PointWorldParams()).spec
    with pytest.raises(ValueError, match="action_low has 1 entries, expected 2"):
        replace(spec, action_low=(0.0,))
    with pytest.raises(ValueError, match="state_units has 0 entries, expected 3"):
        replace(spec, state_units=())


def test_an_implementation_that_is_no_simulator_is_refused() -> None:
    class Odd(PointWorldParams):
        implementation: ClassVar[str] = "builtins:repr"

    with pytest.raises(ValueError, match="'builtins:repr', which makes a str; expected a subclass"):
        open_simulator(Odd())
