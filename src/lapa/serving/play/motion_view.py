"""Optical flow to look at: colours by direction, and a few arrows."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from einops import reduce
from numpy.typing import NDArray

from lapa.flow.dis import dis_flow
from lapa.serving.play.scenes import Frame

CELLS = 8
"""Arrows a side."""
FULL_COLOR = 0.05
"""Motion, as a share of the width, from which on a colour is as strong as it gets; the largest motion of a picture
where that is larger."""

STILL = 3.0
"""A place where the picture changes by less (of 255, averaged over `NEAR` x `NEAR` pixels) stands still: a decoder
leaves a grain in flat regions, in which flow sees anything."""
NEAR = 5


@dataclass(frozen=True, kw_only=True)
class MotionView:
    """What moves from one frame to another."""

    colors: str
    """A picture as a ``data:`` address: hue is the direction, white stands still."""
    arrows: list[list[float]]
    """``[x, y, dx, dy]`` of every cell, in shares of the width; right and down."""
    mean: list[float]
    """Mean motion of all pixels, ``[dx, dy]``, likewise."""
    largest: float
    """Of all pixels: the motion of which a colour is full, a share of the width."""


def view_motion(first: Frame, last: Frame) -> MotionView:
    """See the flow between two frames of one size (`lapa.flow.dis`), where the picture changes at all."""
    pair = torch.from_numpy(np.stack([first, last]))[None]
    flow = np.asarray(dis_flow(pair)[0].numpy() / first.shape[1], np.float32)
    flow[_stands_still(first, last)] = 0
    length = np.asarray(np.linalg.norm(flow, axis=-1), np.float32)
    full = max(FULL_COLOR, float(length.max()))
    mean = flow.mean(axis=(0, 1))
    return MotionView(
        colors=picture(_colors(flow, length / full)),
        arrows=_arrows(flow),
        mean=[float(mean[0]), float(mean[1])],
        largest=full,
    )


def _stands_still(first: Frame, last: Frame) -> NDArray[np.bool_]:
    change = cv2.absdiff(first, last).astype(np.float32).mean(axis=-1)
    return np.asarray(cv2.blur(change, (NEAR, NEAR)) < STILL)


def picture(frame: Frame) -> str:
    """A frame as a PNG in a ``data:`` address."""
    _, encoded = cv2.imencode(".png", cv2.cvtColor(frame, cv2.COLOR_RGB2BGR))
    return f"data:image/png;base64,{base64.b64encode(encoded.tobytes()).decode()}"


def _colors(flow: NDArray[np.float32], strength: NDArray[np.float32]) -> Frame:
    """Hue by direction (0: right, then clockwise), saturation by strength ``[0, 1]``."""
    degrees = np.degrees(np.arctan2(flow[..., 1], flow[..., 0])) % 360
    hsv = np.stack([degrees, strength, np.ones_like(strength)], axis=-1).astype(np.float32)
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB) * 255, np.uint8)


def _arrows(flow: NDArray[np.float32]) -> list[list[float]]:
    cells = min(CELLS, flow.shape[0])
    side = flow.shape[0] // cells
    square = flow[: side * cells, : side * cells]
    means = reduce(square, "(r h) (c w) xy -> r c xy", "mean", h=side, w=side)
    return [
        [(column + 0.5) / cells, (row + 0.5) / cells, float(dx), float(dy)]
        for row, line in enumerate(means)
        for column, (dx, dy) in enumerate(line)
    ]
