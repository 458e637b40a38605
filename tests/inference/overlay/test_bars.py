"""A bar is as long as its value, on the side of its sign, in the colour of who says so."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.inference.overlay.bars import PREDICTED, ROW, TRUE, Axis, draw_bars

DIMENSIONS = [
    {"name": "dx", "unit": "m", "low": -1.0, "high": 1.0},
    {"name": "grip", "unit": None, "low": 0.0, "high": 2.0},
]


def extent(row: np.ndarray, color: tuple[int, int, int]) -> tuple[int, int]:
    """First and last column of the bar, left of the numbers."""
    columns = np.flatnonzero((row[:, :298] == color).all(axis=-1).sum(axis=0) >= 8)
    return int(columns.min()), int(columns.max())


def rows(predicted: list[float], true: list[float] | None) -> np.ndarray:
    action = None if true is None else np.array(true, np.float32)
    drawn = draw_bars(DIMENSIONS, np.array(predicted, np.float32), action)
    assert drawn.shape == (2 * ROW, 360, 3)
    return drawn.reshape(2, ROW, 360, 3)


def test_bars_begin_at_zero_and_end_at_the_value() -> None:
    first, second = rows([0.5, 1.0], [-1.0, 2.0])
    axis = Axis(-1.0, 1.0)
    assert extent(first, PREDICTED) == (axis.place(0.0), axis.place(0.5))
    # the bar ends where zero's mark stands
    assert extent(first, TRUE) == (axis.place(-1.0), axis.place(0.0))
    grip = Axis(0.0, 2.0)
    assert extent(second, PREDICTED) == (grip.place(0.0), grip.place(1.0))
    assert extent(second, TRUE) == (grip.place(0.0), grip.place(2.0))


def test_without_the_truth_there_is_one_bar() -> None:
    first, _ = rows([0.5, 1.0], None)
    assert not (first == TRUE).all(axis=-1).any()


@pytest.mark.parametrize("value", [-7.0, 9.0])
def test_values_outside_end_at_the_edge(value: float) -> None:
    axis = Axis(-1.0, 1.0)
    assert axis.place(value) == axis.place(np.sign(value))


def test_a_range_without_zero_begins_at_its_near_end() -> None:
    assert Axis(1.5, 1.7).start == Axis(1.5, 1.7).place(1.5)
    assert Axis(-1.7, -1.5).start == Axis(-1.7, -1.5).place(-1.5)


def test_a_dimension_of_one_value_is_drawn() -> None:
    still = [{"name": "still", "unit": None, "low": 0.3, "high": 0.3}]
    assert draw_bars(still, np.array([0.3], np.float32), None).shape == (ROW, 360, 3)
