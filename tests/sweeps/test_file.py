"""What the file of a sweep may say, and the study that a trial is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lapa.params.search_space import Dimension
from lapa.refused import RefusedError
from lapa.sweeps.file import as_study, asked_of, variant_of
from toys.sweeps import RATE, STEPS, sweep_of

POINT = {RATE: 1e-3, STEPS: 12}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"sampler": "grid"}, "have no choices"),
        ({"n_trials": None}, "n_trials is not given"),
        ({"pipeline": "foundation"}, "pretrains nothing"),
        ({"pipeline": "laq"}, "has no quantiser"),
        ({"arm": "lappa"}, "did you mean 'lapa'"),
        ({"metric": {"name": "policy_report", "direction": "minimize"}}, "policy_report., "),
        ({"metric": {"name": "laq/val/loss", "direction": "minimize"}}, "policy/"),
        ({"pruner": {"metric": "laq/val/loss"}}, "pruner.metric is 'laq/val/loss'"),
        ({"spaces": {}}, "did you mean 'space'"),
        ({"space": {}}, "at least 1 item"),
    ],
)
def test_what_cannot_be_searched_is_refused(
    tmp_path: Path, said: dict[str, Any], reason: str
) -> None:
    with pytest.raises(RefusedError, match=reason):
        sweep_of(tmp_path, **said)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({}, "expected low and high, or choices"),
        ({"low": 2, "high": 1}, "expected low < high"),
        ({"low": 0, "high": 1, "log": True}, "expected low > 0"),
        ({"low": 1, "high": 9, "log": True, "step": 2}, "no step"),
        ({"choices": [1, 1]}, "expected each once"),
        ({"choices": [1], "low": 0}, "expected one or the other"),
        ({"choices": [[1, 2]]}, "choices"),
    ],
)
def test_a_dimension_is_a_range_or_choices(said: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Dimension.model_validate(said)


def test_a_trial_is_a_study_of_one_cell_that_its_values_name(tmp_path: Path) -> None:
    sweep = sweep_of(tmp_path)
    study = as_study(sweep, POINT)
    ((name, variant),) = study.params.variants.items()
    assert variant.params == POINT
    assert name == variant_of(POINT) != variant_of({**POINT, STEPS: 18})
    assert (study.kind, study.params.budgets, study.params.upstream) == ("sweep", (4,), False)
    assert study.ends_with_policy


def test_more_trials_are_the_same_sweep_and_another_metric_is_not(tmp_path: Path) -> None:
    now = asked_of(sweep_of(tmp_path).params)
    assert asked_of(sweep_of(tmp_path, n_trials=9, seed=1, question="Why?").params) == now
    other = {"name": "policy_report.latency_ms", "direction": "minimize"}
    assert asked_of(sweep_of(tmp_path, metric=other).params) != now
