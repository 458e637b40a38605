from __future__ import annotations

import numpy as np
import pytest

from lapa.envs.tabletop import TabletopEnv
from lapa.envs.tabletop.expert import expert
from lapa.envs.tabletop.tasks import TASKS, Situation


def succeeds(env: TabletopEnv, seed: int, noise: float) -> bool:
    generator = np.random.default_rng([seed, 9])
    env.reset(seed=seed)
    while True:
        action = env.expert_action() + generator.normal(0, noise, 4)
        _, _, done, cut, _ = env.step(np.clip(action, -1, 1).astype(np.float32))
        if done or cut:
            return done


@pytest.mark.parametrize("embodiment", ["gripper", "hand"])
@pytest.mark.parametrize("task", TASKS)
def test_expert_succeeds_in_spite_of_noise(task: str, embodiment: str) -> None:
    env = TabletopEnv(tasks=(task,), embodiment=embodiment, image_size=16)
    successes = [succeeds(env, seed, noise=0.25) for seed in range(30)]
    assert np.mean(successes) >= 0.95


def test_expert_depends_on_what_can_be_seen_only() -> None:
    """The same positions give the same action, whether physics says held or not."""
    env = TabletopEnv(tasks=("stack",), image_size=16)
    env.reset(seed=0)
    for _ in range(30):
        now = env.situation()
        action = expert(env.goal, now)
        for held in (None, 0, 1):
            seen = Situation(tool=now.tool, objects=now.objects, held=held)
            np.testing.assert_array_equal(expert(env.goal, seen), action)
        if env.step(action)[2]:
            break


def test_all_colors_and_five_objects() -> None:
    colors = ("red", "green", "blue", "yellow", "purple")
    env = TabletopEnv(tasks=("stack",), colors=colors, num_objects=5, image_size=16)
    assert np.mean([succeeds(env, seed, noise=0.25) for seed in range(15)]) >= 0.9
