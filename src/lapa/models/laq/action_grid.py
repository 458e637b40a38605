"""Shrink a frame's tokens to the S vectors that become codes."""

from __future__ import annotations

from typing import NamedTuple

import torch
from einops import rearrange
from torch import Tensor, nn

from lapa.params.laq.model import LaqModelParams


class ConvShape(NamedTuple):
    """One convolution: kernel (rows, columns), stride and padding, the same both ways."""

    kernel: tuple[int, int]
    stride: int
    padding: int


_HALVE = ConvShape((3, 3), 2, 1)
_TO_1, _TO_2, _TO_4 = (ConvShape(kernel, 1, 0) for kernel in ((4, 4), (3, 4), (3, 3)))
CONVOLUTIONS: dict[tuple[int, int], tuple[ConvShape, ...]] = {
    (1, 8): (_HALVE, _TO_1),
    (2, 8): (_HALVE, _TO_2),
    (4, 8): (_HALVE, _TO_4),
    (16, 16): (_HALVE, _HALVE),
    (64, 16): (_HALVE,),
    (256, 32): (_HALVE,),
    (1, 16): (_HALVE, _HALVE, _TO_1),
    (4, 16): (_HALVE, _HALVE, _TO_4),
}
"""The convolutions for each (number of codes, patches per side); a ReLU stands between two of them.

The original has the first six; those of three convolutions are HLRP's.
"""


def convolutions_for(code_seq_len: int, grid_size: int) -> tuple[ConvShape, ...]:
    """Return the convolutions that turn the patch grid into ``code_seq_len`` places.

    Raises:
        ValueError: no convolutions exist for this number of codes, or none on this grid.
    """
    grids = [grid for codes, grid in CONVOLUTIONS if codes == code_seq_len]
    if not grids:
        known = sorted({codes for codes, _ in CONVOLUTIONS})
        raise ValueError(f"code_seq_len {code_seq_len}: expected one of {known}")
    if grid_size not in grids:
        fitting = " or ".join(f"{grid}x{grid}" for grid in grids)
        raise ValueError(
            f"code_seq_len {code_seq_len} on a {grid_size}x{grid_size} patch grid: no convolutions "
            f"lead there; use a {fitting} grid: image_size = {grids[0]} * patch_size"
        )
    return CONVOLUTIONS[code_seq_len, grid_size]


class ActionGrid(nn.Module):
    """``(batch, row, column, dim) -> (batch, code, quant_dim)``; codes are in row-major order.

    Raises:
        ValueError: ``code_seq_len`` does not fit the patch grid.
    """

    def __init__(self, config: LaqModelParams) -> None:
        super().__init__()
        channels = config.grid_channels or config.quant_dim
        self.lapa_compat = config.lapa_compat
        self.project_in = nn.Linear(config.dim, channels)
        layers: list[nn.Module] = []
        for shape in convolutions_for(config.code_seq_len, config.grid_size):
            layers += [nn.ReLU()] if layers else []
            layers.append(nn.Conv2d(channels, channels, *shape))
        self.convolutions = nn.Sequential(*layers)
        self.place_projections: nn.Parameter | None = None
        if config.grid_channels:
            projections = torch.randn(config.code_seq_len, channels, config.quant_dim)
            self.place_projections = nn.Parameter(projections / channels**0.5)

    def forward(self, features: Tensor) -> Tensor:
        """Project, convolve and read the places in row-major order."""
        if self.lapa_compat:
            return self._as_original(features)
        images = rearrange(self.project_in(features), "b h w d -> b d h w")
        places: Tensor = rearrange(self.convolutions(images), "b d h w -> b (h w) d")
        if self.place_projections is None:
            return places
        projected: Tensor = torch.einsum("b s c, s c d -> b s d", places, self.place_projections)
        return projected

    def _as_original(self, features: Tensor) -> Tensor:
        """The same, laid out in memory as in the original: sums over it then round alike."""
        projected: Tensor = self.project_in(features.contiguous())
        images = rearrange(projected, "b h w d -> b d h w").contiguous()
        places: Tensor = self.convolutions(images)
        return rearrange(places, "b d h w -> b (h w) d").contiguous()
