"""What was really done: which dimensions move most, and what is known about them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lapa.evaluation.codes.true_actions import TrueActions

RANDOM = np.random.default_rng(0).normal(size=(300, 1))


def _moving(*widths: float, **known: Any) -> TrueActions:
    values = np.random.default_rng(1).normal(size=(300, len(widths))) * np.array(widths)
    names = tuple(f"a{i}" for i in range(len(widths)))
    return TrueActions(values=values.astype(np.float32), names=names, **known)


def test_the_two_that_move_most_not_the_first_two() -> None:
    assert _moving(0.1, 3.0, 0.2, 2.0, units=("m",) * 4).most_moving() == (1, 3)
    assert _moving(0.1, 3.0, 0.2, 2.0).most_moving() == (1, 3), "units are not needed"


def test_one_outlier_is_no_motion() -> None:
    actions = _moving(0.1, 1.0, 2.0, units=("m",) * 3)
    actions.values[0, 0] = 1000
    assert actions.most_moving() == (1, 2)


def test_dimensions_of_one_unit_are_compared_and_lengths_come_first() -> None:
    units = ("m", "m", "m", "rad", "rad", "rad", "")
    assert _moving(0.02, 0.01, 0.03, 0.5, 0.6, 0.4, 1.0, units=units).most_moving() == (0, 2)


def test_a_switch_is_not_chosen_while_two_others_move() -> None:
    actions = _moving(1.0, 0.5, 0.8)
    actions.values[:, 0] = np.where(RANDOM[:, 0] > 0, 5, -5)
    assert actions.most_moving() == (1, 2)


def test_fewer_than_two_that_move_make_no_plane() -> None:
    assert _moving(1.0, 0.0, 0.0).most_moving() is None


def test_dimensions_of_different_units_are_the_last_resort() -> None:
    assert _moving(0.1, 0.0, 5.0, units=("m", "m", "rad")).most_moving() == (0, 2)


def test_a_constant_dimension_stands_still_and_a_seldom_switch_does_not() -> None:
    actions = _moving(1.0, 0.0, 0.0)
    actions.values[:3, 2] = 1.0
    assert actions.still() == (1,)


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"actions_are": ("relative",)}, "summed over H"),
        ({"actions_are": ("absolute",)}, "difference between t and t+H"),
        ({}, "summed over H; not known to be relative"),
    ],
)
def test_each_dimension_says_what_it_is(known: dict[str, Any], words: str) -> None:
    assert _moving(1.0, **known).target(0) == f"a0 [unit unknown]\n{words}"
    assert _moving(1.0, units=("rad",), **known).target(0) == f"a0 [rad]\n{words}"
