"""Parameters of the simulated tabletop, and of recording demonstrations in any simulator."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from lapa.params.base import Params
from lapa.params.simulators import AnySimulatorParams, SimulatorParams

TaskName = Literal["reach", "lift", "push", "stack", "side"]
CameraName = Literal["front", "side"]
Embodiment = Literal["gripper", "hand"]
ColorName = Literal["red", "green", "blue", "yellow", "purple"]
ShapeName = Literal["cube", "cylinder"]
TableName = Literal["light", "dark", "wood"]
Part = Literal["all", "seen", "unseen"]
"""Of what can be drawn: everything, what is for training, or what is held out of it."""
UNSEEN_PAIRS: dict[ColorName, ShapeName] = {
    "green": "cylinder",
    "blue": "cube",
    "purple": "cylinder",
}
"""Colour -> the shape that objects of it never have in scenes of seen combinations; other colours have both."""


class DistractorParams(Params):
    """Nuisances in the picture that no action causes, each graded from 0 (off) to 1."""

    moving_background: float = Field(default=0.0, ge=0, le=1)
    """Waves of light drifting over everything that is neither tool nor object; 1 = ±45 %."""
    camera_shake: float = Field(default=0.0, ge=0, le=1)
    """Wandering of the camera; 1 = 8 mm and 1 degree (standard deviation) about its pose."""
    color_shift: float = Field(default=0.0, ge=0, le=1)
    """Wandering gain of each colour channel; 1 = 25 % (standard deviation)."""


class TabletopParams(SimulatorParams):
    """The simulated tabletop (`lapa/Tabletop-v0`)."""

    implementation: ClassVar[str] = "lapa.envs.tabletop.simulator:Tabletop"
    kind: str = "tabletop"
    camera: CameraName = "front"
    embodiment: Embodiment = "gripper"
    """`hand` is the stand-in for human video: another shape doing the same things."""
    tasks: tuple[TaskName, ...] = Field(default=("reach", "lift"), min_length=1)
    """Tasks a reset draws from; `push`, `stack` and `side` are the harder tier."""
    colors: tuple[ColorName, ...] = Field(default=("red", "green", "blue"), min_length=1)
    """Colours a scene draws from; every object of a scene has its own."""
    num_objects: int = Field(default=3, ge=1, le=5)
    table: TableName = "light"
    """Colours of table and background."""
    combinations: Part = "all"
    """``seen``: no object of a scene is one of `UNSEEN_PAIRS`; ``unseen``: the one that is asked for is, and
    the others are not. Places, and who is asked for, stay those of the seed."""
    wordings: Part = "all"
    """Of each task's wordings: ``seen`` leaves out those held out (`lapa.envs.tabletop.instructions`),
    ``unseen`` draws of those alone."""
    max_steps: int = Field(default=60, gt=0)
    """Control steps (0.1 s each) after which an episode is truncated."""
    distractors: DistractorParams = DistractorParams()

    @property
    def environment(self) -> str:
        """Who moves, from where it is seen, and on which table, if not the light one: ``tabletop-hand-side``."""
        table = () if self.table == "light" else (self.table,)
        return "-".join(("tabletop", self.embodiment, self.camera, *table))

    @model_validator(mode="after")
    def _enough_colors(self) -> Self:
        if len(set(self.colors)) != len(self.colors):
            raise ValueError(f"colours are {self.colors}; expected each once")
        if self.num_objects > len(self.colors):
            raise ValueError(
                f"num_objects is {self.num_objects} with {len(self.colors)} colours; "
                "expected one colour per object: lower num_objects or add colours"
            )
        if self.num_objects < 2 and {"push", "stack"} & set(self.tasks):
            raise ValueError(
                f"num_objects is {self.num_objects}; tasks push and stack need at least 2"
            )
        if self.combinations == "unseen" and not set(self.colors) & set(UNSEEN_PAIRS):
            raise ValueError(
                f"combinations is 'unseen', but both shapes of {self.colors} are seen; expected one of "
                f"{list(UNSEEN_PAIRS)} among the colours"
            )
        return self


class RecordParams(Params):
    """A set of raw episodes: the scripted expert, disturbed, on seeded scenes."""

    num_episodes: int = Field(ge=0)
    seed: int = 0
    """Episode i is a pure function of (seed, i)."""
    action_noise: float = Field(default=0.25, ge=0)
    """Standard deviation of the noise added to each executed action, in halves of the action's range:
    in action units, where actions lie in [-1, 1]."""
    tasks_in_turn: bool = False
    """Episode i shows task i modulo their number, so that each is recorded equally often; otherwise its seed
    draws one."""
    hold_steps: int = Field(default=2, ge=0)
    """Steps recorded after success, so that the last moves are seen too."""
    workers: int = Field(default=2, gt=0)
    """Processes; they change the speed, never the episodes."""
    simulator: AnySimulatorParams = TabletopParams()
    """Where the expert demonstrates."""

    def task_of(self, episode: int) -> str | None:
        """The task of an episode; None where its seed draws one."""
        tasks = self.simulator.tasks
        return tasks[episode % len(tasks)] if self.tasks_in_turn else None
