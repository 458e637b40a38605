"""The tabletop as a simulator: its Gymnasium environment behind the common interface."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lapa.envs.base import Simulator, SimulatorSpec, TimeStep
from lapa.envs.tabletop.env import CONTROL_HZ, Observation, TabletopEnv
from lapa.params.envs import TabletopParams


class Tabletop(Simulator):
    """Coloured objects, a tool with suction, a sentence; see `TabletopEnv`."""

    def __init__(self, params: TabletopParams) -> None:
        self.env = TabletopEnv(params=params)
        self.spec = SimulatorSpec(
            name="tabletop",
            environment=params.environment,
            control_hz=CONTROL_HZ,
            action_names=("dx", "dy", "dz", "suction"),
            action_units=("3 cm", "3 cm", "3 cm", "on above 0"),
            # moves add up; summed suction counts the steps it was on more than off
            actions_are=("relative",) * 4,
            action_low=(-1.0,) * 4,
            action_high=(1.0,) * 4,
            state_names=("tool_x", "tool_y", "tool_z", "held"),
            state_units=("m", "m", "m", "1 while held"),
        )

    def reset(self, seed: int, task: str | None = None) -> TimeStep:
        """Start the episode of ``seed``."""
        options = None if task is None else {"task": task}
        return _time_step(*self.env.reset(seed=seed, options=options))

    def step(self, action: NDArray[np.float32]) -> TimeStep:
        """Move for one control step."""
        observation, _, _, _, info = self.env.step(action)
        return _time_step(observation, info)

    def expert_action(self) -> NDArray[np.float32]:
        """What the scripted expert does now."""
        return self.env.expert_action()

    def ending(self) -> str:
        """What the tool touched, took and lost."""
        return self.env.ending()


def _time_step(observation: Observation, info: dict[str, Any]) -> TimeStep:
    return TimeStep(
        image=observation["image"],
        state=observation["state"],
        task=info["task"],
        instruction=info["instruction"],
        success=info["success"],
    )
