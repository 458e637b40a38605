"""Training augmentation on the device: one draw per sample, a function of (seed, epoch, sample id)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from einops import rearrange, repeat
from numpy.typing import NDArray
from torch import Tensor

from lapa.params.augmentation import AugmentationParams

_LUMA = (0.299, 0.587, 0.114)
"""ITU-R BT.601 weights of red, green and blue."""
_ERASED_AREA = (0.02, 0.2)
_ERASED_ASPECT = (0.3, 3.3)
"""Ranges of random erasing (Zhong et al., 2017); the area is halved, since a robot arm is small."""


@dataclass(frozen=True)
class AugmentationDraw:
    """What happens to each sample of a batch; arrays of length ``batch``."""

    flip: NDArray[np.bool_]
    brightness: NDArray[np.float32]
    contrast: NDArray[np.float32]
    saturation: NDArray[np.float32]
    box: NDArray[np.float32]
    """``(batch, 4)``: top, left, bottom, right in [0, 1]; an empty box erases nothing."""
    shift: NDArray[np.float32]
    """``(batch, 2)``: down and right, fraction of the side."""


def draw(
    params: AugmentationParams, *, seed: int, epoch: int, sample_id: Tensor
) -> AugmentationDraw:
    """Draw for every sample; nothing but the arguments decides, so a resumed run draws alike."""
    uniform = np.stack(
        [np.random.default_rng([seed, epoch, int(i)]).random(11) for i in sample_id.tolist()]
    ).astype(np.float32)
    jitter = 2 * uniform[:, 1:4] - 1
    return AugmentationDraw(
        flip=uniform[:, 0] < params.flip,
        brightness=1 + params.brightness * jitter[:, 0],
        contrast=1 + params.contrast * jitter[:, 1],
        saturation=1 + params.saturation * jitter[:, 2],
        box=_boxes(uniform[:, 4:9], params.erasing),
        shift=params.shift * (2 * uniform[:, 9:] - 1),
    )


def _boxes(uniform: NDArray[np.float32], probability: float) -> NDArray[np.float32]:
    happens, area, aspect, top, left = uniform.T
    area = _ERASED_AREA[0] + area * (_ERASED_AREA[1] - _ERASED_AREA[0])
    low, high = np.log(_ERASED_ASPECT)
    ratio = np.exp(low + aspect * (high - low))
    height = np.minimum(np.sqrt(area * ratio), 1) * (happens < probability)
    width = np.minimum(np.sqrt(area / ratio), 1) * (happens < probability)
    top, left = top * (1 - height), left * (1 - width)
    return np.stack([top, left, top + height, left + width], axis=1)


def augment(
    frames: Tensor, params: AugmentationParams, *, seed: int, epoch: int, sample_id: Tensor
) -> Tensor:
    """Augment ``float [0, 1] (batch, 3, time, height, width)``; all times of a sample alike.

    Args:
        frames: images on any device; a single image is ``time`` = 1.
        params: what may happen.
        seed: of the training run.
        epoch: changes the draws; any integer that the step alone decides will do.
        sample_id: ``int64 (batch,)``.

    Returns:
        Images of the same shape, dtype and range.
    """
    chosen = draw(params, seed=seed, epoch=epoch, sample_id=sample_id)
    flip = _spread(chosen.flip, frames)
    frames = torch.where(flip, frames.flip(-1), frames)
    if params.shift:
        frames = _shifted(frames, chosen.shift)
    frames = frames * _spread(chosen.brightness, frames).to(frames.dtype)
    gray = _gray(frames)
    mean = gray.mean(dim=(1, 2, 3, 4), keepdim=True)
    frames = mean + (frames - mean) * _spread(chosen.contrast, frames).to(frames.dtype)
    gray = _gray(frames)
    frames = gray + (frames - gray) * _spread(chosen.saturation, frames).to(frames.dtype)
    return torch.where(_inside(chosen.box, frames), 0.5, frames.clamp(0, 1))


def _shifted(frames: Tensor, shift: NDArray[np.float32]) -> Tensor:
    """Move each sample by whole pixels; what comes in repeats the border."""
    _, _, _, height, width = frames.shape
    moved = torch.from_numpy(shift).to(frames.device)
    rows = _sources(height, moved[:, 0])
    columns = _sources(width, moved[:, 1])
    sample = rearrange(torch.arange(len(frames), device=frames.device), "b -> b 1 1")
    picked = rearrange(frames, "b rgb t h w -> b h w rgb t")[
        sample, rearrange(rows, "b h -> b h 1"), rearrange(columns, "b w -> b 1 w")
    ]
    return rearrange(picked, "b h w rgb t -> b rgb t h w")


def _sources(side: int, shift: Tensor) -> Tensor:
    """Where each pixel comes from, ``int64 (batch, side)``."""
    here = torch.arange(side, device=shift.device)
    moved = rearrange((side * shift).round().long(), "b -> b 1")
    return (here - moved).clamp(0, side - 1)


def _spread(values: NDArray[np.generic], frames: Tensor) -> Tensor:
    return rearrange(torch.from_numpy(values).to(frames.device), "batch -> batch 1 1 1 1")


def _gray(frames: Tensor) -> Tensor:
    luma = torch.tensor(_LUMA, dtype=frames.dtype, device=frames.device)
    weighted = frames * rearrange(luma, "colour -> 1 colour 1 1 1")
    return weighted.sum(dim=1, keepdim=True)


def _inside(box: NDArray[np.float32], frames: Tensor) -> Tensor:
    """Mask of the erased pixels, ``bool (batch, 1, 1, height, width)``."""
    height, width = frames.shape[-2:]
    top, left, bottom, right = torch.from_numpy(box).to(frames.device).unbind(dim=1)
    rows = (torch.arange(height, device=frames.device) + 0.5) / height
    columns = (torch.arange(width, device=frames.device) + 0.5) / width
    tall = (rows >= repeat(top, "b -> b 1")) & (rows < repeat(bottom, "b -> b 1"))
    wide = (columns >= repeat(left, "b -> b 1")) & (columns < repeat(right, "b -> b 1"))
    mask = rearrange(tall, "b height -> b height 1") & rearrange(wide, "b width -> b 1 width")
    return rearrange(mask, "b height width -> b 1 1 height width")
