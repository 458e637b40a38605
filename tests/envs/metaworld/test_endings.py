"""How a trial ended, from what moved."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.envs.metaworld.endings import ending

START = np.zeros(39)


def moved(place: int, meters: float) -> np.ndarray:
    now = START.copy()
    now[place] = meters
    return now


@pytest.mark.parametrize(
    ("place", "meters", "expected"),
    [
        (0, 0.2, "moved nothing"),  # the hand alone
        (5, 0.005, "moved nothing"),  # it settled
        (5, 0.02, "moved it, but not as asked"),
        (12, -0.3, "moved it, but not as asked"),  # the second object
        (20, 0.3, "moved nothing"),  # of the observation before
    ],
)
def test_what_moved_tells_how_it_ended(place: int, meters: float, expected: str) -> None:
    assert ending(START, moved(place, meters), success=False) == expected


def test_success_is_success_whatever_moved() -> None:
    assert ending(START, START, success=True) == "success"
