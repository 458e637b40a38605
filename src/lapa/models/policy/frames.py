"""Raw camera frames to the pictures that a policy was trained on: cut, scaled, and through JPEG.

The same cut and the same filters as in the shards (`lapa.data.shards.images.to_square`, OpenCV's
INTER_AREA and INTER_CUBIC), in torch; a byte differs by at most 1 (shrunk) or 2 (enlarged) after rounding.
"""

from __future__ import annotations

import torch
from einops import einsum, rearrange
from torch import Tensor
from torch.nn import functional

from lapa.models.policy.jpeg import jpeg_round_trip
from lapa.records import FrameCodec


def as_stored(images: Tensor, codec: FrameCodec) -> Tensor:
    """What the shards would hold of ``uint8 (batch, height, width, 3)``: square, less what JPEG takes.

    Pictures that have this size already are those of a shard and come back as they are.
    """
    size = codec.image_size
    if images.shape[1:3] == (size, size):
        return images
    return jpeg_round_trip(to_square(images, codec), codec)


def to_square(images: Tensor, codec: FrameCodec) -> Tensor:
    """Cut and scale ``uint8 (batch, height, width, 3)`` to ``(batch, image_size, image_size, 3)``.

    Pictures that have this size already come back as they are.
    """
    size = codec.image_size
    if codec.resize == "crop":
        images = _center_square(images)
    if images.shape[1:3] == (size, size):
        return images
    shrinks = min(images.shape[1:3]) > size
    scaled = _area(images, size) if shrinks else _cubic(images, size)
    return scaled.round().clamp(0, 255).to(torch.uint8)


def _center_square(images: Tensor) -> Tensor:
    height, width = images.shape[1:3]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return images[:, top : top + side, left : left + side]


def _area(images: Tensor, size: int) -> Tensor:
    """Mean over the area that falls into each new pixel; parts of pixels count by their part."""
    rows, columns = (
        _coverage(side, size).to(images.device, torch.float32) for side in images.shape[1:3]
    )
    narrow = einsum(columns, images.float(), "new width, b height width c -> b height new c")
    return einsum(rows, narrow, "new height, b height width c -> b new width c")


def _coverage(source: int, target: int) -> Tensor:
    """Share of each old pixel in each new one, ``float64 (target, source)``; rows sum to 1."""
    edges = torch.arange(target + 1, dtype=torch.float64) * source / target
    old = torch.arange(source, dtype=torch.float64)
    begin = torch.maximum(edges[:-1, None], old)
    end = torch.minimum(edges[1:, None], old + 1)
    return (end - begin).clamp_min(0) * target / source


def _cubic(images: Tensor, size: int) -> Tensor:
    channels_first = rearrange(images, "b h w c -> b c h w").float()
    larger = functional.interpolate(
        channels_first, size=(size, size), mode="bicubic", align_corners=False
    )
    return rearrange(larger, "b c h w -> b h w c")
