"""Trials in a simulator: many scenes side by side, in lockstep, each until success or its last step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.envs.base import SUCCESS, Simulator, TimeStep
from lapa.envs.workers import SimulatorWorkers
from lapa.params.simulators import SimulatorParams

Chunks = NDArray[np.float32]
"""Actions ahead, ``float32 (trial, time, action_dim)``."""


@dataclass
class Trial:
    """One attempt at one scene."""

    simulator: Simulator
    now: TimeStep
    max_steps: int
    frames: list[NDArray[np.uint8]] | None
    """Pictures so far; None where nobody wants to see them."""
    steps: int = 0

    @property
    def over(self) -> bool:
        """Whether the task is done, or no step is left."""
        return self.now.success or self.steps >= self.max_steps

    @property
    def ending(self) -> str:
        """How it went so far: success, or what the simulator says of a failure."""
        return SUCCESS if self.now.success else self.simulator.ending()

    def see(self, steps: Sequence[TimeStep]) -> None:
        """Take note of the control steps that were just done."""
        for now in steps:
            self.now = now
            self.steps += 1
            if self.frames is not None:
                self.frames.append(now.image)


ChooseActions = Callable[[Sequence[Trial]], Chunks]
"""Chooses actions for the trials that still run."""


def open_trials(
    params: SimulatorParams,
    task: str,
    seeds: Sequence[int],
    *,
    keep_clips: int = 0,
    workers: SimulatorWorkers | None = None,
) -> list[Trial]:
    """Start one trial of ``task`` per seed; the first ``keep_clips`` keep their pictures.

    Args:
        params: of the simulator of each.
        task: what to try.
        seeds: each fixes one scene.
        keep_clips: how many keep their pictures.
        workers: where the simulators live; None: here.
    """
    workers = workers or SimulatorWorkers()
    simulators = [workers.open(params) for _ in seeds]
    resets = [(one, (seed, task)) for one, seed in zip(simulators, seeds, strict=True)]
    starts = workers.each(_reset, resets)
    return [
        Trial(simulator, start, params.max_steps, [start.image] if number < keep_clips else None)
        for number, (simulator, start) in enumerate(zip(simulators, starts, strict=True))
    ]


def run_trials(
    trials: Sequence[Trial],
    choose: ChooseActions,
    *,
    execute: int = 1,
    on_over: Callable[[int], None] = lambda number: None,
    workers: SimulatorWorkers | None = None,
) -> None:
    """Run trials to their ends in lockstep.

    Args:
        trials: as `open_trials` started them.
        choose: asked once for all that still run.
        execute: how many actions of each chunk are done before it is asked again.
        on_over: told how many trials have just ended.
        workers: with which they were opened.

    Raises:
        ValueError: ``choose`` gives anything but ``(running, time >= execute, action_dim)``.
    """
    workers = workers or SimulatorWorkers()
    while running := [trial for trial in trials if not trial.over]:
        chunks = choose(running)
        _require_shape(chunks, running, execute)
        wanted = [
            (trial.simulator, (chunk[: min(execute, trial.max_steps - trial.steps)],))
            for trial, chunk in zip(running, chunks, strict=True)
        ]
        for trial, steps in zip(running, workers.each(_act, wanted), strict=True):
            trial.see(steps)
        on_over(sum(trial.over for trial in running))


def _reset(simulator: Simulator, seed: int, task: str) -> TimeStep:
    return simulator.reset(seed, task)


def _act(simulator: Simulator, actions: NDArray[np.float32]) -> list[TimeStep]:
    """Do the control steps ``(time, action_dim)``, until the task is done."""
    steps: list[TimeStep] = []
    for action in actions:
        steps.append(simulator.step(action))
        if steps[-1].success:
            break
    return steps


def _require_shape(chunks: Chunks, running: Sequence[Trial], execute: int) -> None:
    spec = running[0].simulator.spec
    width = len(spec.action_names)
    if chunks.ndim != 3 or chunks.shape[::2] != (len(running), width) or chunks.shape[1] < execute:
        raise ValueError(
            f"predicted actions are {chunks.shape}, expected ({len(running)}, at least {execute}, "
            f"{width}): the actions of {spec.name!r} are {', '.join(spec.action_names)}"
        )
