"""Grids have one labelled column per picture list."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from lapa.training.common.image_grid import grid, save_png


def test_grid_shape_labels_and_file(tmp_path: Path) -> None:
    red = np.zeros((64, 64, 3), np.uint8)
    red[..., 0] = 255
    image = grid({"frame t": [red, red], "reconstruction": [red, red]}, groups=["a", "b"])
    assert image.shape == (22 + 2 * 128 + 4, 2 * 128 + 4, 3)
    assert (image[:22] < 128).any(), "no label was drawn"
    save_png(image, tmp_path / "deep" / "grid.png")
    stored = cv2.imread(str(tmp_path / "deep" / "grid.png"))
    assert stored[60, 60].tolist() == [0, 0, 255], "BGR on disk must be red"
