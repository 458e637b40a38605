"""Several cameras in one square picture, each whole and undistorted in a cell of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from lapa.data.episode import Frames


def grid_of(cameras: int) -> tuple[int, int]:
    """Rows and columns of the mosaic: two lie on top of each other, three and four are two by two.

    Pictures are mostly wider than high, so rows come first.
    """
    rows = math.ceil(math.sqrt(cameras))
    return rows, math.ceil(cameras / rows)


def mosaic(views: Sequence[Frames], *, side: int | None = None) -> Frames:
    """Put the pictures of several cameras at the same times into one square picture each.

    Cells are filled row by row in the order of the cameras; a picture is shrunk or enlarged until it
    fits its cell, and what it leaves is black.

    Args:
        views: of every camera ``uint8 (frame, height, width, 3)``; sizes may differ between cameras.
        side: of the mosaic in pixels; None takes the longest side of any camera, so nothing is enlarged.

    Returns:
        ``uint8 (frame, side, side, 3)``.
    """
    edge = side or max(max(view.shape[1:3]) for view in views)
    rows, columns = grid_of(len(views))
    whole = np.zeros((len(views[0]), edge, edge, 3), np.uint8)
    lines, places = (np.linspace(0, edge, count + 1).astype(int) for count in (rows, columns))
    for number, view in enumerate(views):
        row, column = divmod(number, columns)
        cell = whole[:, lines[row] : lines[row + 1], places[column] : places[column + 1]]
        _fill(cell, view)
    return whole


def _fill(cell: Frames, view: Frames) -> None:
    height, width = cell.shape[1:3]
    scale = min(height / view.shape[1], width / view.shape[2])
    fitted = [max(1, round(scale * length)) for length in view.shape[1:3]]
    top, left = (height - fitted[0]) // 2, (width - fitted[1]) // 2
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    for place, frame in zip(cell, view, strict=True):
        small = cv2.resize(frame, (fitted[1], fitted[0]), interpolation=how)
        place[top : top + fitted[0], left : left + fitted[1]] = small
