"""Compose labelled picture grids with numpy and OpenCV, no plotting library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
"""``uint8 (height, width, 3)`` RGB."""

_LABEL_HEIGHT = 22
_GAP = 4
_MIN_SIDE = 128
"""Smaller pictures are enlarged to this, so that a label fits above them."""


def grid(columns: dict[str, Sequence[Image]], *, groups: Sequence[str] = ()) -> Image:
    """Draw one column per entry, its name above it, one row per picture.

    Args:
        columns: name and pictures, all columns of one length and size.
        groups: text written at the left edge of each row; empty for none.
    """
    drawn = [
        _column(name, images, groups if not i else ())
        for i, (name, images) in enumerate(columns.items())
    ]
    gap = np.full((drawn[0].shape[0], _GAP, 3), 255, np.uint8)
    parts: list[Image] = []
    for column in drawn:
        parts += [column, gap]
    return np.concatenate(parts[:-1], axis=1)


def _column(name: str, images: Sequence[Image], texts: Sequence[str]) -> Image:
    cells = [_enlarged(image) for image in images]
    for cell, text in zip(cells, texts, strict=False):
        _write(cell, text, baseline=cell.shape[0] - 6, color=(255, 255, 0))
    width = cells[0].shape[1]
    label = np.full((_LABEL_HEIGHT, width, 3), 255, np.uint8)
    _write(label, name, baseline=_LABEL_HEIGHT - 7, color=(0, 0, 0))
    gap = np.full((_GAP, width, 3), 255, np.uint8)
    parts: list[Image] = [label]
    for cell in cells:
        parts += [cell, gap]
    return np.concatenate(parts[:-1], axis=0)


def _enlarged(image: Image) -> Image:
    factor = max(1, -(-_MIN_SIDE // image.shape[1]))
    return np.repeat(np.repeat(image, factor, axis=0), factor, axis=1)


def _write(image: Image, text: str, *, baseline: int, color: tuple[int, int, int]) -> None:
    cv2.putText(image, text, (4, baseline), cv2.FONT_HERSHEY_SIMPLEX, 0.42, color, 1, cv2.LINE_AA)


def save_png(image: Image, path: Path) -> None:
    """Write an RGB image.

    Raises:
        OSError: OpenCV could not write it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not cv2.imwrite(str(path), cv2.cvtColor(image, cv2.COLOR_RGB2BGR)):
        raise OSError(f"could not write {path}, an image of shape {image.shape}")
