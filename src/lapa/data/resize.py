"""Any frame to a square: short side to the size and centre crop, or the plain squash.

Shrinking averages areas (no aliasing); enlarging is bilinear. The square is cut out first and
scaled afterwards, which gives the same picture as the other order for less work.
"""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np

from lapa.data.episode import Frames

ResizeMode = Literal["crop", "squash"]
"""Centre crop keeps proportions and loses the edges; squash keeps the edges and distorts."""


def to_square(frames: Frames, size: int, *, mode: ResizeMode = "crop") -> Frames:
    """Resize ``uint8 (frame, height, width, 3)`` to ``uint8 (frame, size, size, 3)``.

    Raises:
        ValueError: wrong shape or dtype, or an unknown mode.
    """
    if frames.ndim != 4 or frames.shape[-1] != 3 or frames.dtype != np.uint8:
        raise ValueError(
            f"frames are {frames.dtype} {frames.shape}, expected uint8 (frame, height, width, 3)"
        )
    if mode not in ("crop", "squash"):
        raise ValueError(f"resize mode is {mode!r}, expected 'crop' or 'squash'")
    out = np.empty((len(frames), size, size, 3), np.uint8)
    for index, frame in enumerate(frames):
        out[index] = _scale(centre_square(frame) if mode == "crop" else frame, size)
    return out


def centre_square(frame: Frames) -> Frames:
    """Cut the largest centred square out of ``(height, width, 3)``; a view, nothing is copied."""
    height, width = frame.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return frame[top : top + side, left : left + side]


def _scale(frame: Frames, size: int) -> Frames:
    if frame.shape[:2] == (size, size):
        return frame
    shrinks = min(frame.shape[:2]) >= size
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    resized = cv2.resize(np.ascontiguousarray(frame), (size, size), interpolation=method)
    return np.asarray(resized, np.uint8)
