"""Optical flow by dense inverse search, on the CPU: the estimator that needs no weights."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

FlowEstimator = Callable[[Tensor], Tensor]
"""``uint8 (batch, 2, height, width, 3)`` -> ``float32 (batch, height, width, 2)``, right and down,
pixels."""


def dis_flow(pairs: Tensor) -> Tensor:
    """Dense inverse search (Kroeger et al. 2016, OpenCV); a `FlowEstimator` on the CPU."""
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    search.setFinestScale(0)  # half-resolution flow misses motions of one pixel at 64 pixels
    return torch.from_numpy(np.stack([_flow(search, pair) for pair in pairs.cpu().numpy()]))


def _flow(search: cv2.DISOpticalFlow, pair: NDArray[np.uint8]) -> NDArray[np.float32]:
    first, last = (cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in pair)
    return np.asarray(search.calc(first, last, None), np.float32)
