"""What a simulator can do: all that recording and closed-loop evaluation know of one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.params.kinds import import_named
from lapa.params.simulators import SimulatorParams
from lapa.records import ActionMeaning

SUCCESS, NO_SUCCESS = "success", "no success"
"""What every simulator can say of an ending."""


@dataclass(frozen=True, kw_only=True)
class SimulatorSpec:
    """What never changes while a simulator runs; tuples have one entry per dimension."""

    name: str
    """Dataset name of its recordings, e.g. ``tabletop``."""
    environment: str
    """Which of its variants this is, e.g. ``tabletop-hand-side``; a split may hold it out."""
    control_hz: float
    """Control steps, and frames, per second of simulated time."""
    action_names: tuple[str, ...]
    action_units: tuple[str, ...]
    actions_are: tuple[ActionMeaning, ...]
    """``relative`` where actions add up, ``absolute`` where they are targets."""
    action_low: tuple[float, ...]
    """Smallest action that `Simulator.step` takes, in those units."""
    action_high: tuple[float, ...]
    state_names: tuple[str, ...]
    state_units: tuple[str, ...]

    def __post_init__(self) -> None:
        """Refuse tuples of different lengths.

        Raises:
            ValueError: one of them is not as long as the names.
        """
        for names, others in (
            ("action_names", ("action_units", "actions_are", "action_low", "action_high")),
            ("state_names", ("state_units",)),
        ):
            for other in others:
                length, expected = len(getattr(self, other)), len(getattr(self, names))
                if length != expected:
                    raise ValueError(
                        f"simulator {self.name!r}: {other} has {length} entries, expected "
                        f"{expected}, one for each of {names}"
                    )


@dataclass(frozen=True, kw_only=True)
class TimeStep:
    """What can be seen now, and what is asked."""

    image: NDArray[np.uint8]
    """``uint8 (height, width, 3)`` RGB, of one size throughout."""
    state: NDArray[np.float32]
    """``float32 (state_dim,)``: proprioception, in `SimulatorSpec.state_units`."""
    task: str
    instruction: str
    """What is asked, in words; it stays the same until the next reset."""
    success: bool
    """Whether the task is done at this moment."""


class Simulator(ABC):
    """One world that runs one episode at a time; made by calling the class with its parameters.

    Callers end an episode, with success or after `SimulatorParams.max_steps`; recordings go on for a few
    steps after success, so `step` must work there, too.
    """

    spec: SimulatorSpec

    @abstractmethod
    def reset(self, seed: int, task: str | None = None) -> TimeStep:
        """Start the episode of ``seed``: scene and wording follow from it alone.

        With the same seed, another camera must not change the scene, nor another ``task`` where tasks share
        one, so that methods are compared on paired starts.

        Args:
            seed: fixes everything that is random.
            task: one of `SimulatorParams.tasks`; None draws one of them.
        """

    @abstractmethod
    def step(self, action: NDArray[np.float32]) -> TimeStep:
        """Act for one control step: ``action`` is ``float32 (action_dim,)`` in the spec's range."""

    @abstractmethod
    def expert_action(self) -> NDArray[np.float32] | None:
        """What a scripted expert does now, ``float32 (action_dim,)``; None where there is none."""

    def ending(self) -> str:
        """How an episode that is not done went so far, in a few plain words of a small set.

        Reports count the endings of failed trials, so that one sees why they failed. Asked of episodes without
        success alone (`TimeStep.success` tells); a simulator that knows no more says so.
        """
        return NO_SUCCESS


def open_simulator(params: SimulatorParams) -> Simulator:
    """Make the simulator that ``params`` belong to.

    Raises:
        ValueError: their ``implementation`` is no simulator.
    """
    made = import_named(params.implementation)(params)
    if not isinstance(made, Simulator):
        raise ValueError(
            f"{type(params).__name__}.implementation is {params.implementation!r}, which makes a "
            f"{type(made).__name__}; expected a subclass of lapa.envs.base.Simulator"
        )
    return made
