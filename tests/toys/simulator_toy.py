"""A simulator from outside the package: a point in the unit square, moved by two actions at 5 Hz."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from lapa.envs.base import Simulator, SimulatorSpec, TimeStep
from lapa.params.simulators import SimulatorParams

CORNERS = {"top left": (0.1, 0.1), "bottom right": (0.9, 0.9)}
REACH = 0.12


class PointWorldParams(SimulatorParams):
    """A world of dots; pictures are twice as wide as high."""

    implementation: ClassVar[str] = "toys.simulator_toy:PointWorld"
    kind: str = "toys.simulator_toy:PointWorldParams"
    tasks: tuple[str, ...] = ("corner", "stay")
    max_steps: int = 20
    image_size: int = 24
    has_expert: bool = True


class PointWorld(Simulator):
    """Go to the named corner (``corner``) or stand still (``stay``), in moves of up to ±0.2."""

    def __init__(self, params: PointWorldParams) -> None:
        self.params = params
        self.spec = SimulatorSpec(
            name="points",
            environment="points-flat",
            control_hz=5.0,
            action_names=("right", "down"),
            action_units=("width", "height"),
            actions_are=("relative", "relative"),
            action_low=(-0.2, -0.2),
            action_high=(0.2, 0.2),
            state_names=("x", "y", "time"),
            state_units=("width", "height", "s"),
        )

    def reset(self, seed: int, task: str | None = None) -> TimeStep:
        random = np.random.default_rng(seed)
        self.point = random.uniform(0.3, 0.7, 2)
        self.corner = tuple(CORNERS)[int(random.integers(2))]
        self.task = task or self.params.tasks[int(random.integers(len(self.params.tasks)))]
        self.time = 0
        return self._time_step()

    def step(self, action: NDArray[np.float32]) -> TimeStep:
        self.point = np.clip(self.point + action, 0.0, 1.0)
        self.time += 1
        return self._time_step()

    def expert_action(self) -> NDArray[np.float32] | None:
        if not self.params.has_expert:
            return None
        goal = CORNERS[self.corner] if self.task == "corner" else self.point
        return np.clip(goal - self.point, -0.2, 0.2).astype(np.float32)

    def _time_step(self) -> TimeStep:
        height = self.params.image_size
        image = np.full((height, 2 * height, 3), 40, np.uint8)
        y, x = (self.point[::-1] * (height - 4, 2 * height - 4)).astype(int)
        image[y : y + 4, x : x + 4] = (250, 220, 30)
        near = np.abs(self.point - CORNERS[self.corner]).max() < REACH
        goal = f"go to the {self.corner}" if self.task == "corner" else "stand still"
        return TimeStep(
            image=image,
            state=np.array([*self.point, self.time / 5], np.float32),
            task=self.task,
            instruction=goal,
            success=bool(near) if self.task == "corner" else self.time >= 3,
        )
