"""Augmented observations, or pairs of them, for models that take bytes."""

from __future__ import annotations

from einops import rearrange
from torch import Tensor

from lapa.data.loading.augment import augment
from lapa.models.layers.pixels import to_bytes, to_float
from lapa.params.augmentation import AugmentationParams

PAIRS = 5
"""Axes of a batch of pairs."""


def augment_images(
    images: Tensor, params: AugmentationParams, *, seed: int, step: int, sample_id: Tensor
) -> Tensor:
    """Augment ``uint8 (batch, height, width, 3)``, or pairs ``(batch, 2, height, width, 3)``, both frames alike.

    A function of seed, step and sample alone.
    """
    pairs = (
        images if images.ndim == PAIRS else rearrange(images, "batch h w rgb -> batch 1 h w rgb")
    )
    frames = rearrange(to_float(pairs), "batch time rgb h w -> batch rgb time h w")
    changed = augment(frames, params, seed=seed, epoch=step, sample_id=sample_id)
    augmented = to_bytes(rearrange(changed, "batch rgb time h w -> batch time rgb h w"))
    return augmented.reshape(images.shape)
