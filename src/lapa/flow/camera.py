"""The camera's own motion, taken out of optical flow: what is left is what moved in the scene."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Camera = Literal["keep", "median", "affine"]
POINTS_A_SIDE = 24
"""The affine motion is fitted to a grid of that many points a side: enough for six numbers, at any resolution."""
INLIER_PIXELS = 0.5
"""A point follows the camera when it ends this near to where the camera's motion takes it (RANSAC)."""


def without_camera(flow: NDArray[np.float32], camera: Camera) -> NDArray[np.float32]:
    """Subtract what is taken for the camera's motion.

    Args:
        flow: ``(pair, height, width, 2)``, right and down, pixels.
        camera: ``keep`` subtracts nothing, ``median`` the median flow of each pair, ``affine`` the affine
            motion that most of its pixels follow (the median where no such motion can be fitted).

    Returns:
        As ``flow``.
    """
    if camera == "keep":
        return flow
    of_camera = _median if camera == "median" else _affine
    return np.stack([one - of_camera(one) for one in flow])


def _median(flow: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.median(flow, axis=(0, 1)), np.float32)


def _affine(flow: NDArray[np.float32]) -> NDArray[np.float32]:
    """The affine flow ``(height, width, 2)`` that most pixels follow."""
    height, width, _ = flow.shape
    rows = np.linspace(0, height - 1, min(POINTS_A_SIDE, height)).astype(int)
    columns = np.linspace(0, width - 1, min(POINTS_A_SIDE, width)).astype(int)
    x, y = np.meshgrid(columns, rows)
    start = np.stack([x, y], axis=-1).reshape(-1, 2).astype(np.float32)
    end = start + flow[y, x].reshape(-1, 2)
    motion, _ = cv2.estimateAffine2D(start, end, ransacReprojThreshold=INLIER_PIXELS)
    if motion is None:
        return _median(flow)
    everywhere = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1)
    return np.asarray(everywhere @ motion[:, :2].T + motion[:, 2] - everywhere, np.float32)
