"""How a fresh vision encoder embeds pixels."""

from __future__ import annotations

from typing import Literal

Stem = Literal["patches", "convolutions"]
"""One linear map per patch, as published, or strided 3 x 3 convolutions, with which small encoders
learn sooner from random weights (Xiao et al. 2021, https://arxiv.org/abs/2106.14881)."""


def require_stem(stem: Stem, *, patch_size: int, pretrained: str | None) -> None:
    """Refuse convolutions where they cannot stand.

    Raises:
        ValueError: the weights are published ones, or halving does not lead to the patch size.
    """
    if stem == "patches":
        return
    if pretrained:
        raise ValueError(
            f"stem: convolutions with pretrained weights {pretrained!r}; expected stem: patches, "
            "which the weights have"
        )
    if patch_size < 2 or patch_size & (patch_size - 1):
        raise ValueError(
            f"stem: convolutions with patch_size {patch_size}, expected a power of two"
        )
