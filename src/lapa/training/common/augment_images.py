"""Augmented observations for a backbone, which takes bytes."""

from __future__ import annotations

from einops import rearrange
from torch import Tensor

from lapa.data.loading.augment import augment
from lapa.models.layers.pixels import to_bytes, to_float
from lapa.params.augmentation import AugmentationParams


def augment_images(
    images: Tensor, params: AugmentationParams, *, seed: int, step: int, sample_id: Tensor
) -> Tensor:
    """Augment ``uint8 (batch, height, width, 3)``; a function of seed, step and sample alone."""
    frames = rearrange(to_float(images), "batch rgb h w -> batch rgb 1 h w")
    changed = augment(frames, params, seed=seed, epoch=step, sample_id=sample_id)
    return to_bytes(rearrange(changed, "batch rgb 1 h w -> batch rgb h w"))
