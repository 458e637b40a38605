"""What a policy is asked with, checked: nothing is guessed, spread over a batch, or handed on as NaN."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def require_pictures(images: Tensor, instructions: Sequence[str]) -> None:
    """Refuse what is no batch of pictures with a text each.

    Raises:
        ValueError: images are not ``uint8 (batch, height, width, 3)`` with at least one pixel, instructions
            are no list of texts, or counts differ.
    """
    expected = "expected a tensor uint8 (batch, height, width, 3), RGB"
    if not isinstance(images, Tensor):
        raise ValueError(f"images are a {type(images).__name__}; {expected}")
    if images.dtype != torch.uint8 or images.ndim != 4 or images.shape[-1] != 3:
        raise ValueError(f"images are {images.dtype} {tuple(images.shape)}; {expected}")
    if not images.numel():
        raise ValueError(f"images are empty, {tuple(images.shape)}; {expected}")
    if isinstance(instructions, str) or not all(isinstance(each, str) for each in instructions):
        raise ValueError(f"instructions are {instructions!r:.100}; expected a list of texts")
    if len(instructions) != len(images):
        raise ValueError(f"{len(images)} images but {len(instructions)} instructions")


def require_states(states: Tensor, *, count: int, width: int) -> Tensor:
    """States as a policy reads them.

    Args:
        states: of any number type.
        count: of the images.
        width: columns that it was trained with.

    Returns:
        ``float32 (count, width)``.

    Raises:
        ValueError: another shape, or numbers that are not finite in float32.
    """
    expected = f"expected a tensor of finite numbers ({count}, {width}), one row per image"
    if not isinstance(states, Tensor):
        raise ValueError(f"states are a {type(states).__name__}; {expected}")
    if states.shape != (count, width):
        raise ValueError(f"states are {tuple(states.shape)}; {expected}")
    narrow = states.float()
    if not torch.isfinite(narrow).all():
        raise ValueError(f"states hold NaN or infinity; {expected}")
    return narrow
