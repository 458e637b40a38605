"""Grids show every picture whole, under its column's name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from lapa.training.laq.image_grid import grid, save_png

NOISE = list(np.random.default_rng(0).integers(0, 256, (4, 128, 128, 3), np.uint8))
"""Four pictures large enough not to be enlarged."""


def corner_of(picture: np.ndarray, image: np.ndarray) -> tuple[int, int]:
    """Row and column at which ``picture`` lies in ``image``; it lies there once."""
    windows = np.lib.stride_tricks.sliding_window_view(image[..., 0], picture.shape[:2])
    (corner,) = np.argwhere((windows[:, :, ::31, ::31] == picture[::31, ::31, 0]).all((2, 3)))
    row, column = (int(number) for number in corner)
    assert np.array_equal(image[row : row + 128, column : column + 128], picture)
    return row, column


def test_a_column_for_each_name_and_a_row_for_each_picture() -> None:
    image = grid({"frame t": NOISE[:2], "reconstruction": NOISE[2:]})
    first, below, beside, last = (corner_of(picture, image) for picture in NOISE)
    assert first[0] == beside[0] < below[0] - 128 < last[0]
    assert first[1] == below[1] < beside[1] - 128 < last[1]


def test_names_stand_above_the_pictures_and_groups_in_the_first_column() -> None:
    image = grid({"a": NOISE[:2], "b": NOISE[2:]})
    renamed = grid({"a": NOISE[:2], "c": NOISE[2:]})
    grouped = grid({"a": NOISE[:2], "b": NOISE[2:]}, groups=["fixed 1", "random 2"])
    top, left = corner_of(NOISE[0], image)
    rows, columns, _ = np.nonzero(image != renamed)
    assert rows.max() < top
    assert columns.min() > left + 128
    rows, columns, _ = np.nonzero(image != grouped)
    assert rows.min() >= top
    assert columns.max() < left + 128
    assert (rows > top + 128).any()


def test_small_pictures_are_enlarged_without_new_colors() -> None:
    red, blue = (255, 0, 0), (0, 0, 255)
    small = np.array([[red, blue], [blue, red]], np.uint8)
    image = grid({"a long name": [small]})
    colored = image[(image.max(-1) - image.min(-1).astype(int)) > 0]
    assert {tuple(map(int, color)) for color in np.unique(colored, axis=0)} == {red, blue}
    assert len(colored) >= 128 * 128


def test_the_file_holds_what_was_drawn(tmp_path: Path) -> None:
    image = grid({"frame t": NOISE})
    save_png(image, tmp_path / "deep" / "grid.png")
    assert np.array_equal(np.asarray(Image.open(tmp_path / "deep/grid.png")), image)
