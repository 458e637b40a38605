"""Scenes run in several processes as they run in one, and what goes wrong there is told here."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from lapa.envs.worker import RemoteSimulator
from lapa.envs.workers import SimulatorWorkers
from lapa.evaluation.policies.trials import Chunks, Trial, open_trials, run_trials
from lapa.params.envs import TabletopParams

SMALL = TabletopParams(image_size=16)


@pytest.fixture(scope="module")
def two() -> Iterator[SimulatorWorkers]:
    with SimulatorWorkers(2) as workers:
        yield workers


def by_expert(running: Sequence[Trial]) -> Chunks:
    actions = [trial.simulator.expert_action() for trial in running]
    return np.stack([action for action in actions if action is not None])[:, None]


def outcomes(workers: SimulatorWorkers | None) -> list[tuple[bool, int, str, str, bytes]]:
    params = SMALL.model_copy(update={"max_steps": 7})
    trials = open_trials(params, "lift", range(5), keep_clips=3, workers=workers)
    run_trials(trials, by_expert, workers=workers)
    kept = [b"" if t.frames is None else np.stack(t.frames).tobytes() for t in trials]
    return [
        (trial.now.success, trial.steps, trial.ending, trial.now.instruction, frames)
        for trial, frames in zip(trials, kept, strict=True)
    ]


def test_two_processes_see_what_one_sees(two: SimulatorWorkers) -> None:
    alone = outcomes(None)
    assert outcomes(two) == alone
    assert {success for success, *_ in alone} == {True, False}


def test_what_is_raised_there_is_raised_here(two: SimulatorWorkers) -> None:
    with pytest.raises(ValueError, match="juggle"):
        open_trials(SMALL, "juggle", [0, 1], workers=two)


def test_simulators_are_let_go(two: SimulatorWorkers) -> None:
    (trial, _) = open_trials(SMALL, "reach", [0, 1], workers=two)
    two.forget()
    with pytest.raises(KeyError):
        trial.simulator.ending()


def test_a_process_that_dies_is_named() -> None:
    with SimulatorWorkers(2) as workers:
        trials = open_trials(SMALL, "reach", [0, 1], workers=workers)
        simulator = trials[0].simulator
        assert isinstance(simulator, RemoteSimulator)
        os.kill(simulator.worker.pid, signal.SIGKILL)
        with pytest.raises(RuntimeError, match=r"ended with code -9.*rollout.workers=1"):
            run_trials(trials, by_expert, workers=workers)
