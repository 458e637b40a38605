"""Turn stored images into what networks take, and back: the one place that knows the pixel range."""

from __future__ import annotations

import torch
from einops import rearrange
from torch import Tensor


def to_float(images: Tensor) -> Tensor:
    """Scale bytes to ``[0, 1]`` and move channels first.

    Args:
        images: ``uint8 [0, 255] (..., height, width, 3)``.

    Returns:
        ``float32 [0, 1] (..., 3, height, width)``.

    Raises:
        TypeError: the images are not ``uint8``.
    """
    if images.dtype is not torch.uint8:
        raise TypeError(f"images are {images.dtype}, expected torch.uint8; convert them once, here")
    return rearrange(images, "... h w c -> ... c h w").float() / 255


def to_frames(pairs: Tensor) -> Tensor:
    """Turn a stored batch of pairs into the quantiser's input.

    Args:
        pairs: ``uint8 [0, 255] (batch, 2, height, width, 3)``.

    Returns:
        ``float32 [0, 1] (batch, 3, 2, height, width)``.
    """
    return rearrange(to_float(pairs), "b t c h w -> b c t h w")


def to_bytes(images: Tensor) -> Tensor:
    """Invert `to_float`; values outside ``[0, 1]`` are clipped.

    Args:
        images: ``float (..., 3, height, width)``.

    Returns:
        ``uint8 [0, 255] (..., height, width, 3)``.
    """
    scaled = (images.float().clamp(0, 1) * 255).round().to(torch.uint8)
    return rearrange(scaled, "... c h w -> ... h w c")
