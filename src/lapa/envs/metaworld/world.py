"""One task of MetaWorld: its Gymnasium environment, with goals that follow from a seed, and a faster start."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import mujoco
import numpy as np
from numpy.typing import NDArray

from lapa.envs.metaworld.installed import import_metaworld

STEPS_PER_SECOND = 80
"""Of simulated time: a step is five of physics, 2.5 ms each."""
CAMERA = "corner2"
CAMERA_POSITION = (0.75, 0.075, 0.7)
"""Metres: where LeRobot moves that camera to, nearer than MetaWorld has it."""


def open_world(task: str) -> Any:
    """Make MetaWorld's environment of ``task``, as its ``ALL_V3_ENVIRONMENTS_GOAL_OBSERVABLE`` would be.

    The experts need the goal in the observation; pictures are drawn by `lapa.envs.metaworld.view`.
    """
    world = _world_class(task)()
    world._partially_observable = False
    del (
        world.sawyer_observation_space
    )  # was cached for a hidden goal, and would clip this one to zero
    world._set_task_called = True
    world._freeze_rand_vec, world.seeded_rand_vec = False, True  # objects and goals follow `seed()`
    world.model.camera(CAMERA).pos = CAMERA_POSITION
    return world


def start(world: Any, seed: int) -> NDArray[np.float64]:
    """Start the episode of ``seed``; returns the observation, ``float64 (39,)``."""
    world.seed(seed)
    observation: NDArray[np.float64] = world.reset()[0]
    return observation


@cache
def open_expert(task: str) -> Any:
    """MetaWorld's scripted policy for ``task``: a function of the observation."""
    return import_metaworld("metaworld.policies").ENV_POLICY_MAP[task]()


@cache
def _world_class(task: str) -> Any:
    base: Any = import_metaworld().ALL_V3_ENVIRONMENTS[task]
    return type(base.__name__, (base,), {"_initialize_simulation": _initialize_simulation})


def _initialize_simulation(world: Any) -> tuple[Any, Any]:
    """Gymnasium's hook: a copy of the compiled scene, a tenth of the time that compiling it anew takes."""
    model = copy.copy(_compiled(world.fullpath))
    return model, mujoco.MjData(model)


@cache
def _compiled(path: str) -> Any:
    return mujoco.MjModel.from_xml_path(path)
