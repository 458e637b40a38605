"""MetaWorld behind the common interface: what holds beside the promises of every simulator."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.envs.base import Simulator, TimeStep, open_simulator
from lapa.params.metaworld import SENTENCES, MetaWorldParams
from toys.metaworld import require_metaworld

pytestmark = pytest.mark.metaworld


@pytest.fixture(autouse=True, scope="module")
def _installed() -> None:
    require_metaworld()


def of_task(task: str, **changes: object) -> Simulator:
    return open_simulator(
        MetaWorldParams.model_validate(
            {"kind": "metaworld", "tasks": [task], "image_size": 32} | changes
        )
    )


def at_the_end(simulator: Simulator, seed: int, steps: int = 60) -> TimeStep:
    now = simulator.reset(seed)
    for _ in range(steps):
        action = simulator.expert_action()
        assert action is not None
        now = simulator.step(action)
        if now.success:
            break
    return now


@pytest.mark.parametrize("task", ["drawer-open-v3", "door-close-v3", "plate-slide-v3"])
def test_the_expert_does_the_task(task: str) -> None:
    simulator = of_task(task)
    assert all(at_the_end(simulator, seed).success for seed in range(3))
    assert simulator.ending() == "success"


def test_a_trial_that_does_nothing_moves_nothing() -> None:
    simulator = of_task("plate-slide-v3")
    simulator.reset(0)
    assert simulator.ending() == "moved nothing"
    for _ in range(3):
        simulator.step(np.zeros(4, np.float32))
    assert simulator.ending() == "moved nothing"


def test_a_trial_that_is_cut_short_has_moved_something() -> None:
    simulator = of_task("plate-slide-v3")
    simulator.reset(0)
    while simulator.ending() == "moved nothing":
        simulator.step(simulator.expert_action())
    assert simulator.ending() == "moved it, but not as asked"


@pytest.mark.parametrize("task", ["drawer-open-v3", "push-v3", "reach-v3"])
def test_a_seed_fixes_the_scene_and_another_one_changes_it(task: str) -> None:
    simulator, other = of_task(task), of_task(task)
    first = simulator.reset(3)
    assert not np.array_equal(first.image, simulator.reset(4).image)
    other.reset(4)
    np.testing.assert_array_equal(first.image, other.reset(3).image)


def test_every_task_has_a_scene_of_its_own_and_its_sentence() -> None:
    tasks = ("drawer-open-v3", "button-press-v3")
    simulator = of_task(tasks[0], tasks=tasks)
    starts = [simulator.reset(2, task) for task in tasks]
    assert [start.instruction for start in starts] == [SENTENCES[task] for task in tasks]
    assert not np.array_equal(starts[0].image, starts[1].image)
    assert {simulator.reset(seed).task for seed in range(12)} == set(tasks)


def test_an_action_is_held_for_as_long_as_is_asked() -> None:
    short, long = of_task("reach-v3", action_repeat=2), of_task("reach-v3", action_repeat=4)
    right = np.array([1, 0, 0, 0], np.float32)
    for simulator in (short, long):
        simulator.reset(0)
    twice = [short.step(right) for _ in range(2)][-1]
    np.testing.assert_array_equal(twice.state, long.step(right).state)
    assert (short.spec.control_hz, long.spec.control_hz) == (40.0, 20.0)


def test_a_narrower_view_shows_the_hand_larger() -> None:
    """Its fingers are white and cyan, and nothing else in this scene is as bright."""
    views = [of_task("reach-v3", field_of_view=degrees).reset(0).image for degrees in (60, 30)]
    wide, narrow = [int((view.max(axis=2) > 240).sum()) for view in views]
    assert 0 < wide < narrow


def test_side_by_side_episodes_do_not_disturb_each_other() -> None:
    """They share the compiled scene and the view."""
    alone, first, second = (of_task("push-v3") for _ in range(3))
    expected = at_the_end(alone, 5, steps=8)
    now = first.reset(5)
    second.reset(6)
    for _ in range(8):
        now = first.step(first.expert_action())
        second.step(second.expert_action())
    np.testing.assert_array_equal(now.image, expected.image)
    np.testing.assert_array_equal(now.state, expected.state)
