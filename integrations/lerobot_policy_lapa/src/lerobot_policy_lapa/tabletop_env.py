"""The tabletop with the names that LeRobot's evaluation looks for."""

from __future__ import annotations

from typing import Any, ClassVar

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from lapa.envs.tabletop.env import CONTROL_HZ, TabletopEnv
from lapa.params.envs import TabletopParams

NEVER = 1_000_000
"""Steps after which the tabletop itself would end an episode: gymnasium's limit comes first."""


class LeRobotTabletop(gymnasium.Env):
    """``pixels``, ``agent_pos``, ``task_description`` and ``is_success`` around a `TabletopEnv`."""

    metadata: ClassVar[dict[str, Any]] = {"render_modes": ["rgb_array"], "render_fps": CONTROL_HZ}

    def __init__(self, *, task: str, image_size: int, render_mode: str = "rgb_array") -> None:
        params = TabletopParams(tasks=(task,), image_size=image_size, max_steps=NEVER)
        self.table = TabletopEnv(params=params, render_mode=render_mode)
        self.render_mode = render_mode
        self.action_space = self.table.action_space
        seen = self.table.observation_space
        pixels = spaces.Dict({"main": seen["image"]})
        self.observation_space = spaces.Dict({"pixels": pixels, "agent_pos": seen["state"]})

    @property
    def task_description(self) -> str:
        """What is asked, in words."""
        return self.table.instruction

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Start the episode of ``seed``; LeRobot's options concern its own wrappers."""
        observation, info = self.table.reset(seed=seed)
        return _renamed(observation), {"is_success": info["success"]}

    def step(
        self, action: NDArray[np.float32]
    ) -> tuple[dict[str, Any], float, bool, bool, dict[str, Any]]:
        """Move for one control step; reward 1 and the end come with success."""
        observation, reward, done, ended, info = self.table.step(action)
        return _renamed(observation), reward, done, ended, {"is_success": info["success"]}

    def render(self) -> NDArray[np.uint8] | None:
        """The current picture."""
        return self.table.render()


def _renamed(observation: dict[str, Any]) -> dict[str, Any]:
    return {"pixels": {"main": observation["image"]}, "agent_pos": observation["state"]}
