"""The space as Optuna draws from it, its grid, and what of it is tried before anything runs."""

from __future__ import annotations

import optuna
import pytest

from lapa.params.search_space import Dimension
from lapa.refused import RefusedError
from lapa.sweeps.space import distributions, grid, probes, require_free

SPACE = {
    "rate": Dimension(low=1e-4, high=1e-2, log=True),
    "steps": Dimension(low=10, high=50, step=20),
    "kind": Dimension(choices=("adamw", None, True)),
}


def test_what_is_drawn_lies_in_the_space() -> None:
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    drawn = [study.ask(distributions(SPACE)).params for _ in range(40)]
    assert {type(point["steps"]) for point in drawn} == {int}
    assert {point["steps"] for point in drawn} == {10, 30, 50}
    assert all(1e-4 <= point["rate"] <= 1e-2 for point in drawn)
    assert sum(point["rate"] < 1e-3 for point in drawn) > 10, "half of them, for it is logarithmic"
    assert {point["kind"] for point in drawn} == {"adamw", None, True}


def test_a_grid_is_every_combination_of_choices() -> None:
    space = {"a": Dimension(choices=(1, 2)), "b": Dimension(choices=("x", "y"))}
    assert grid(space) == [
        {"a": 1, "b": "x"},
        {"a": 1, "b": "y"},
        {"a": 2, "b": "x"},
        {"a": 2, "b": "y"},
    ]


def test_every_end_and_choice_is_tried_beforehand() -> None:
    first, *others = probes(SPACE)
    assert first == {"rate": 1e-4, "steps": 10, "kind": "adamw"}
    changed = [{name: p[name] for name in p if p[name] != first[name]} for p in others]
    assert changed == [{"rate": 1e-2}, {"steps": 50}, {"kind": None}, {"kind": True}]


def test_what_a_key_of_the_file_gives_is_not_searched() -> None:
    space = {"laq.trainer.seed": Dimension(choices=(0, 1))}
    with pytest.raises(RefusedError, match="which the key pretraining_seed gives"):
        require_free(space)
