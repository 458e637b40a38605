"""Colour jitter of observations: one draw per image, nothing moves, so actions stay true."""

from __future__ import annotations

import torch
from torch import Tensor

STRENGTH = 0.1
"""Brightness, contrast and saturation each change by at most this share."""


def jitter_colours(images: Tensor) -> Tensor:
    """Jitter ``uint8 (batch, height, width, 3)`` by draws from the global generator.

    The trainer seeds that generator from (seed, step, rank), so a resumed run draws the same.
    """
    factors = 1 + STRENGTH * (2 * torch.rand(3, len(images), 1, 1, 1, device=images.device) - 1)
    brightness, contrast, saturation = factors
    pixels: Tensor = images.float() * brightness
    mean = pixels.mean(dim=(1, 2, 3), keepdim=True)
    pixels = mean + contrast * (pixels - mean)
    grey = pixels.mean(dim=-1, keepdim=True)
    pixels = grey + saturation * (pixels - grey)
    return pixels.round().clamp(0, 255).to(torch.uint8)
