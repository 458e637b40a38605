"""Trials on disk: what a killed command leaves behind is begun again, and nothing is drawn twice."""

from __future__ import annotations

from pathlib import Path

import optuna
import pytest
from optuna.trial import TrialState

from lapa.refused import RefusedError
from lapa.sweeps.file import Sweep
from lapa.sweeps.search import pruner_of, sampler_of
from lapa.sweeps.space import distributions
from lapa.sweeps.storage import (
    begun,
    counted,
    open_trials,
    put_in_again,
    put_in_next_point,
    stranded,
)
from toys.sweeps import RATE, STEPS, sweep_of

GRID = {"space": {RATE: {"choices": [1e-3, 1e-2]}, STEPS: {"choices": [12, 18]}}, "sampler": "grid"}


@pytest.fixture
def sweep(tmp_path: Path) -> Sweep:
    return sweep_of(tmp_path)


def ask(study: optuna.Study, sweep: Sweep) -> optuna.Trial:
    study.sampler = sampler_of(sweep.params, len(begun(study)))
    return study.ask(distributions(sweep.params.space))


def test_running_and_failed_trials_of_a_dead_process_are_begun_again_with_their_values(
    sweep: Sweep, tmp_path: Path
) -> None:
    study = open_trials(sweep, tmp_path / "trials.db")
    done, failed, running = (ask(study, sweep) for _ in range(3))
    study.tell(done, 0.5)
    study.tell(failed, state=TrialState.FAIL)
    study = open_trials(sweep, tmp_path / "trials.db")
    assert [trial.number for trial in stranded(study)] == [1, 2]
    put_in_again(study)
    put_in_again(study)
    assert [(t.number, t.state) for t in counted(study)] == [
        (0, TrialState.COMPLETE),
        (3, TrialState.WAITING),
        (4, TrialState.WAITING),
    ]
    again = [ask(study, sweep).params for _ in range(2)]
    assert again == [failed.params, running.params]
    assert len(begun(study)) == 3
    assert ask(study, sweep).params not in [done.params, *again]


def test_a_trial_that_was_stopped_twice_counts_once(sweep: Sweep, tmp_path: Path) -> None:
    study = open_trials(sweep, tmp_path / "trials.db")
    first = ask(study, sweep)
    for _ in range(2):
        put_in_again(study)
        assert ask(study, sweep).params == first.params
    assert [trial.number for trial in counted(study)] == [2]


def test_a_sweep_that_goes_on_draws_what_it_would_have_drawn(sweep: Sweep, tmp_path: Path) -> None:
    def values(file: str, *, reopened: bool) -> list[object]:
        study, drawn = open_trials(sweep, tmp_path / file), []
        for number in range(14):  # beyond the random beginning of TPE
            trial = ask(study, sweep)
            drawn.append(trial.params)
            study.tell(trial, abs(trial.params[RATE] - 0.002))
            if reopened and number % 3 == 0:
                study = open_trials(sweep, tmp_path / file)
        return drawn

    straight = values("a.db", reopened=False)
    assert values("b.db", reopened=True) == straight
    assert len({str(point) for point in straight}) == 14


def test_values_that_cannot_be_compared_are_refused(sweep: Sweep, tmp_path: Path) -> None:
    open_trials(sweep, tmp_path / "trials.db")
    open_trials(sweep_of(tmp_path, n_trials=50), tmp_path / "trials.db")
    with pytest.raises(RefusedError, match="budget was 4, is 2"):
        open_trials(sweep_of(tmp_path, budget=2), tmp_path / "trials.db")


def test_each_point_of_a_grid_is_put_in_once_and_after_what_was_stopped(tmp_path: Path) -> None:
    sweep = sweep_of(tmp_path, n_trials=None, **GRID)
    study = open_trials(sweep, tmp_path / "trials.db")
    drawn = []
    for number in range(5):
        if number == 2:
            put_in_again(study)
        put_in_next_point(study, sweep.params)
        drawn.append(ask(study, sweep))
        if number != 1:
            study.tell(drawn[-1], 0.5)
    points = [{RATE: r, STEPS: s} for r in (1e-3, 1e-2) for s in (12, 18)]
    assert [trial.params for trial in drawn] == [points[i] for i in (0, 1, 1, 2, 3)]
    put_in_next_point(study, sweep.params)
    assert len(begun(study)) == len(counted(study)) == 4, "nothing is left to be put in"


@pytest.mark.parametrize("kind", ["median", "successive_halving"])
def test_a_pruner_gives_up_what_is_worse_than_the_others(tmp_path: Path, kind: str) -> None:
    pruner = {"kind": kind, "metric": "policy/val/loss", "startup_trials": 2, "min_steps": 6}
    sweep = sweep_of(tmp_path, pruner=pruner)
    study = optuna.create_study(direction="minimize", pruner=pruner_of(sweep.params.pruner))
    for value in (1.0, 1.1, 1.2, 1.3):
        trial = ask(study, sweep)
        trial.report(value, 6)
        trial.should_prune()  # successive halving notes here who reached the rung
        study.tell(trial, value)
    bad, good = ask(study, sweep), ask(study, sweep)
    bad.report(9.0, 6)
    assert bad.should_prune()
    good.report(0.1, 6)
    assert not good.should_prune()
