"""Parameters of MetaWorld: which of its 50 tasks, how it is seen, how long a control step is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, Self

import yaml
from pydantic import Field, field_validator, model_validator

from lapa.params.simulators import SimulatorParams
from lapa.refused import alternatives

LONGEST = 500
"""Steps of 1/80 s after which MetaWorld itself takes no further action."""


def _read_tasks() -> Mapping[str, Mapping[str, str]]:
    text = Path(__file__).with_name("metaworld_tasks.yml").read_text(encoding="utf-8")
    groups: dict[str, dict[str, str]] = yaml.safe_load(text)
    return MappingProxyType(groups)


TASKS_BY_DIFFICULTY = _read_tasks()
"""``easy``, ``medium``, ``hard``, ``very_hard`` -> task -> what it is in words, as LeRobot has them."""
SENTENCES: Mapping[str, str] = {
    task: sentence for tasks in TASKS_BY_DIFFICULTY.values() for task, sentence in tasks.items()
}
"""Task -> its sentence, for all 50."""


class MetaWorldParams(SimulatorParams):
    """Meta-World (https://github.com/Farama-Foundation/Metaworld): a Sawyer arm, 50 tasks, no words of its own."""

    implementation: ClassVar[str] = "lapa.envs.metaworld.simulator:MetaWorld"
    kind: str = "metaworld"
    tasks: tuple[str, ...] = Field(default=("drawer-open-v3", "button-press-v3"), min_length=1)
    """Names as MetaWorld's; each has a scene of its own."""
    action_repeat: int = Field(default=4, ge=1)
    """Steps of 1/80 s that one action is held for. In a single one the hand moves 1 cm at most, which is hardly
    a pixel."""
    max_steps: int = Field(default=60, gt=0)
    """Control steps, of ``action_repeat`` / 80 s, after which an episode is over."""
    field_of_view: float = Field(default=60.0, gt=0, lt=180)
    """Of the camera, degrees; 60 is LeRobot's view, less brings the hand nearer."""

    @field_validator("tasks")
    @classmethod
    def _tasks_exist(cls, tasks: tuple[str, ...]) -> tuple[str, ...]:
        for task in tasks:
            if task not in SENTENCES:
                raise ValueError(f"MetaWorld has no task {task!r}{alternatives(task, SENTENCES)}")
        return tasks

    @model_validator(mode="after")
    def _ends_before_metaworld_does(self) -> Self:
        steps = self.max_steps * self.action_repeat
        if steps > LONGEST:
            raise ValueError(
                f"max_steps {self.max_steps} times action_repeat {self.action_repeat} is {steps}, expected at "
                f"most {LONGEST}, where MetaWorld ends an episode itself: lower one of them"
            )
        return self
