"""Every camera whole, undistorted, in its own cell."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.data.media.mosaic import grid_of, mosaic


def flat(
    height: int, width: int, value: int, frames: int = 2
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.full((frames, height, width, 3), value, np.uint8)


@pytest.mark.parametrize(
    ("cameras", "grid"), [(2, (2, 1)), (3, (2, 2)), (4, (2, 2)), (5, (3, 2)), (9, (3, 3))]
)
def test_the_grid_has_a_cell_for_each(cameras: int, grid: tuple[int, int]) -> None:
    assert grid_of(cameras) == grid


def test_two_wide_pictures_lie_on_top_of_each_other() -> None:
    whole = mosaic([flat(24, 48, 100), flat(12, 24, 200)])
    assert whole.shape == (2, 48, 48, 3)
    assert (whole[:, :24] == 100).all()
    assert (whole[:, 24:] == 200).all()


def test_what_a_picture_leaves_of_its_cell_is_black() -> None:
    whole = mosaic([flat(40, 40, 100), flat(40, 40, 200)])
    lit = whole[0, ..., 0] > 0
    assert lit.sum() == 2 * 20 * 20
    assert (whole[:, :20, 10:30] == 100).all()
    assert (whole[:, 20:, 10:30] == 200).all()


def test_a_third_camera_begins_a_row_and_the_fourth_cell_stays_black() -> None:
    whole = mosaic([flat(16, 16, value) for value in (50, 100, 150)], side=32)
    assert [int(whole[0, y, x, 0]) for y, x in ((8, 8), (8, 24), (24, 8), (24, 24))] == [
        50,
        100,
        150,
        0,
    ]


def test_moving_pictures_keep_their_order() -> None:
    view = np.stack([flat(8, 8, value, 1)[0] for value in (10, 20, 30)])
    assert mosaic([view, view], side=16)[:, 4, 8, 0].tolist() == [10, 20, 30]
