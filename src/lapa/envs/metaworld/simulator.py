"""MetaWorld behind the common interface: a sentence, a picture, an action held for a few of its steps."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lapa.envs.base import Simulator, SimulatorSpec, TimeStep
from lapa.envs.metaworld.endings import ending
from lapa.envs.metaworld.view import view_of
from lapa.envs.metaworld.world import CAMERA, STEPS_PER_SECOND, open_expert, open_world, start
from lapa.params.metaworld import SENTENCES, MetaWorldParams

_TASK_STREAM = 1
"""Stream of an episode's random numbers that draws its task, as on the tabletop."""


class MetaWorld(Simulator):
    """One arm, fifty tasks; every task has a scene of its own, and one sentence."""

    def __init__(self, params: MetaWorldParams) -> None:
        self.params = params
        moves = f"{params.action_repeat} cm"
        self.spec = SimulatorSpec(
            name="metaworld",
            environment=f"metaworld-{CAMERA}",
            control_hz=STEPS_PER_SECOND / params.action_repeat,
            action_names=("dx", "dy", "dz", "gripper"),
            action_units=(moves, moves, moves, "closing force"),
            actions_are=("relative",) * 4,
            action_low=(-1.0,) * 4,
            action_high=(1.0,) * 4,
            state_names=("hand_x", "hand_y", "hand_z", "opening"),
            state_units=("m", "m", "m", "1 where open"),
        )
        self._worlds: dict[str, Any] = {}
        self.task = params.tasks[0]

    def reset(self, seed: int, task: str | None = None) -> TimeStep:
        """Start the episode of ``seed``: where objects and goal are, and the task where none is named."""
        self.task = self._drawn(seed) if task is None else task
        if self.task not in self._worlds:
            self._worlds[self.task] = open_world(self.task)
        self._first = self._last = start(self._worlds[self.task], seed)
        self._success = False
        return self._now()

    def step(self, action: NDArray[np.float32]) -> TimeStep:
        """Do ``action`` for `MetaWorldParams.action_repeat` steps; success in any of them counts."""
        successes = []
        for _ in range(self.params.action_repeat):
            self._last, _, _, _, info = self._worlds[self.task].step(action)
            successes.append(bool(info["success"]))
        self._success = any(successes)
        return self._now()

    def expert_action(self) -> NDArray[np.float32]:
        """What MetaWorld's scripted policy does now, within the range."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of every action that has to be clipped
            action = open_expert(self.task).get_action(self._last)
        return np.asarray(np.clip(action, -1.0, 1.0), dtype=np.float32)

    def ending(self) -> str:
        """How the trial ended so far."""
        return ending(self._first, self._last, success=self._success)

    def _drawn(self, seed: int) -> str:
        tasks = self.params.tasks
        return tasks[int(np.random.default_rng([seed, _TASK_STREAM]).integers(len(tasks)))]

    def _now(self) -> TimeStep:
        view = view_of(
            self.task, size=self.params.image_size, field_of_view=self.params.field_of_view
        )
        return TimeStep(
            image=view.draw(self._worlds[self.task].data),
            state=self._last[:4].astype(np.float32),
            task=self.task,
            instruction=SENTENCES[self.task],
            success=self._success,
        )
