from __future__ import annotations

import subprocess
import sys
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from pydantic import ValidationError

from lapa.envs.tabletop import ENV_ID, TabletopEnv, expert_action
from lapa.envs.tabletop.tasks import TASKS
from lapa.params.envs import DistractorParams, TabletopParams


def play(env: TabletopEnv, seed: int, steps: int = 6, **options: Any) -> list[np.ndarray]:
    observation, _ = env.reset(seed=seed, options=options or None)
    frames = [observation["image"]]
    for _ in range(steps):
        frames.append(env.step(env.expert_action())[0]["image"])
    return frames


@pytest.mark.filterwarnings("error::UserWarning")
def test_gymnasium_accepts_the_environment() -> None:
    env = gym.make(ENV_ID, camera="side", embodiment="hand", render_mode="rgb_array")
    check_env(env.unwrapped)
    env.reset(seed=0)
    assert env.render().shape == (64, 64, 3)
    assert expert_action(env).shape == (4,)


def test_equal_seeds_give_equal_frames_in_fresh_and_used_environments() -> None:
    used = TabletopEnv()
    play(used, seed=1)
    for one, two in zip(play(used, seed=2), play(TabletopEnv(), seed=2), strict=True):
        np.testing.assert_array_equal(one, two)
    assert not np.array_equal(play(used, seed=2)[0], play(used, seed=3)[0])


def test_seed_fixes_the_scene_whatever_films_it() -> None:
    plain = TabletopEnv()
    other = TabletopEnv(
        camera="side", embodiment="hand", distractors=DistractorParams(camera_shake=1.0)
    )
    for seed in range(5):
        _, info = plain.reset(seed=seed)
        _, info_other = other.reset(seed=seed)
        assert info["instruction"] == info_other["instruction"]
        np.testing.assert_array_equal(plain.situation().objects, other.situation().objects)


def test_task_option_keeps_the_scene() -> None:
    env = TabletopEnv()
    env.reset(seed=4, options={"task": "reach"})
    objects = env.situation().objects
    _, info = env.reset(seed=4, options={"task": "stack"})
    assert info["task"] == "stack"
    np.testing.assert_array_equal(env.situation().objects, objects)


def test_unknown_option_is_named() -> None:
    with pytest.raises(ValueError, match=r"reset options \['tasks'\] are unknown"):
        TabletopEnv().reset(seed=0, options={"tasks": "reach"})


def test_more_objects_than_colors_is_refused() -> None:
    with pytest.raises(ValidationError, match="one colour per object"):
        TabletopParams(num_objects=4)


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_one_unit_moves_the_tip_three_centimeters(axis: int) -> None:
    env = TabletopEnv()
    env.reset(seed=0)
    before = env.situation().tool
    action = np.zeros(4, np.float32)
    action[axis], action[3] = -1.0, -1.0
    moved = env.step(action)[0]["state"][:3] - before
    expected = np.zeros(3)
    expected[axis] = -0.03
    np.testing.assert_allclose(moved, expected, atol=0.0015)


def test_suction_takes_and_drops_an_object() -> None:
    env = TabletopEnv()
    env.reset(seed=3, options={"task": "lift"})
    for _ in range(40):
        observation, _, done, _, info = env.step(env.expert_action())
        if done:
            break
    assert info["success"]
    assert observation["state"][3] == 1.0
    for _ in range(5):
        observation, *_ = env.step(np.array([0, 0, 0, -1], np.float32))
    assert observation["state"][3] == 0.0
    assert env.situation().objects[env.goal.object, 2] == pytest.approx(0.028, abs=0.004)


def test_a_situation_is_read_once_per_state_and_never_outlives_it() -> None:
    env = TabletopEnv(image_size=16)
    env.reset(seed=3, options={"task": "lift"})
    for _ in range(20):
        before = env.situation()
        assert env.situation() is before
        env.step(env.expert_action())
        now, qpos = env.situation(), env._now.data.qpos
        assert now is not before
        np.testing.assert_array_equal(now.tool, qpos[:3])
        assert now.held == env._now.held
    with pytest.raises(ValueError, match="read-only"):
        now.objects[0] = 0.0


def test_picture_shows_suction() -> None:
    env = TabletopEnv()
    pictures = []
    for suction in (-1.0, 1.0):
        env.reset(seed=0)
        pictures.append(env.step(np.array([0, 0, 0, suction], np.float32))[0]["image"])
    assert (pictures[0] != pictures[1]).any(axis=-1).sum() > 10


def test_doing_nothing_is_never_a_success() -> None:
    env = TabletopEnv(tasks=TASKS)
    for seed in range(40):
        _, info = env.reset(seed=seed)
        assert not info["success"]
        assert not env.step(np.array([0, 0, 0, -1], np.float32))[2]


def test_episode_is_cut_at_max_steps() -> None:
    env = TabletopEnv(max_steps=3)
    env.reset(seed=0)
    cut = [env.step(np.array([0, 0, 0, -1], np.float32))[3] for _ in range(3)]
    assert cut == [False, False, True]


def test_importing_needs_no_open_gl_of_ours() -> None:
    code = "import sys, lapa.envs.tabletop; assert 'OpenGL' not in sys.modules, 'OpenGL imported'"
    subprocess.run([sys.executable, "-c", code], check=True)
