from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from lapa.envs.tabletop.tasks import TASKS
from lapa.evaluation.policies.trials import Chunks, Trial, open_trials, run_trials
from lapa.params.envs import TabletopParams

SMALL = TabletopParams(image_size=16)


def by_expert(running: Sequence[Trial]) -> Chunks:
    return np.stack([trial.simulator.expert_action() for trial in running])[:, None]


@pytest.mark.parametrize("task", TASKS)
def test_the_expert_succeeds_in_closed_loop(task: str) -> None:
    trials = open_trials(SMALL, task, range(20))
    run_trials(trials, by_expert)
    assert np.mean([trial.now.success for trial in trials]) >= 0.95


def test_only_running_trials_are_asked_about() -> None:
    asked: list[int] = []

    def counting(running: Sequence[Trial]) -> Chunks:
        asked.append(len(running))
        return by_expert(running)

    run_trials(open_trials(SMALL, "reach", range(10)), counting)
    assert asked[0] == 10
    assert asked[-1] < 10
    assert asked == sorted(asked, reverse=True)


def test_a_trial_ends_with_its_last_step_inside_a_chunk_too() -> None:
    trials = open_trials(SMALL.model_copy(update={"max_steps": 3}), "lift", [0], keep_clips=1)
    run_trials(trials, lambda running: np.zeros((len(running), 2, 4), np.float32), execute=2)
    (trial,) = trials
    assert trial.steps == 3
    assert trial.frames is not None
    assert len(trial.frames) == 4


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 1, 4), (1, 0, 4), (1, 4)])
def test_actions_of_another_shape_are_refused_with_their_names(shape: tuple[int, ...]) -> None:
    trials = open_trials(SMALL, "reach", [0])
    with pytest.raises(ValueError, match="the actions of 'tabletop' are dx, dy, dz, suction"):
        run_trials(trials, lambda running: np.zeros(shape, np.float32))
