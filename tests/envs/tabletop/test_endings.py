"""How trials end, told from what the tool did: each failure is brought about on purpose."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.envs.base import SUCCESS
from lapa.envs.tabletop import TabletopEnv
from lapa.envs.tabletop.endings import ENDINGS
from lapa.envs.tabletop.expert import expert
from lapa.envs.tabletop.tasks import TASKS, Goal, is_done

STILL = np.array([0, 0, 0, -1], np.float32)
UP = np.array([0, 0, 1, 1], np.float32)


def started(task: str, seed: int = 3) -> TabletopEnv:
    env = TabletopEnv(image_size=16, tasks=TASKS)
    env.reset(seed=seed, options={"task": task})
    return env


def play(env: TabletopEnv, goal: Goal, steps: int = 60) -> None:
    """Let the expert do something, whatever was asked, until that is done."""
    for _ in range(steps):
        if is_done(goal, env.situation()):
            return
        env.step(expert(goal, env.situation()))


def act(env: TabletopEnv, action: np.ndarray, steps: int) -> None:
    for _ in range(steps):
        env.step(action)


def another(env: TabletopEnv) -> int:
    goal = env.goal
    return next(i for i in range(len(env.layout.shapes)) if i not in (goal.object, goal.other))


@pytest.mark.parametrize("task", TASKS)
def test_success_and_nothing_at_all(task: str) -> None:
    env = started(task)
    act(env, STILL, 5)
    assert env.ending() == "never touched anything"
    play(env, env.goal)
    assert env.ending() == SUCCESS


@pytest.mark.parametrize("task", TASKS)
def test_another_object(task: str) -> None:
    env = started(task)
    play(env, Goal(task="reach", object=another(env)))
    assert env.ending() == "touched a wrong object"
    play(env, Goal(task="lift", object=another(env)))
    assert env.ending() == "took a wrong object"


def test_taken_and_not_high_enough_then_lost() -> None:
    env = started("lift")
    while env.situation().held is None:
        env.step(expert(env.goal, env.situation()))
    assert env.ending() == "held it too low"
    act(env, STILL, 4)
    assert env.ending() == "touched and lost it"


@pytest.mark.parametrize("task", ["stack", "side"])
def test_carried_and_let_go_elsewhere(task: str) -> None:
    env = started(task)
    play(env, Goal(task="reach", object=env.goal.object))
    assert env.ending() == "touched it and never took it"
    play(env, Goal(task="lift", object=env.goal.object))
    assert env.ending() == "still held it"
    act(env, STILL, 6)
    assert env.ending() == "left it in a wrong place"


def test_a_push_that_stops_too_early() -> None:
    env = started("push")
    play(env, Goal(task="reach", object=env.goal.object))
    assert env.ending() == "brushed against it"
    start = env.situation().objects[env.goal.object]
    while np.linalg.norm(env.situation().objects[env.goal.object] - start) < 0.01:
        env.step(expert(env.goal, env.situation()))
    assert env.ending() == "left it in a wrong place"


@pytest.mark.parametrize("task", TASKS)
def test_every_ending_is_listed(task: str) -> None:
    generator = np.random.default_rng(0)
    for seed in range(6):
        env = started(task, seed)
        for _ in range(25):
            wanted = expert(env.goal, env.situation())
            env.step(np.clip(wanted + generator.normal(0, 1.0, 4), -1, 1).astype(np.float32))
            assert env.ending() in ENDINGS


def test_a_new_episode_forgets_the_last() -> None:
    env = started("lift")
    play(env, env.goal)
    env.reset(seed=4, options={"task": "lift"})
    assert env.ending() == "never touched anything"
