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

    def output_size(self, grid: tuple[int, int]) -> tuple[int, int]:
        """Rows and columns after the convolution."""
        rows, columns = (
            (size + 2 * self.padding - kernel) // self.stride + 1
            for size, kernel in zip(grid, self.kernel, strict=True)
        )
        return rows, columns


_HALVE = ConvShape((3, 3), 2, 1)
CONVOLUTIONS: dict[int, tuple[ConvShape, ...]] = {
    1: (_HALVE, ConvShape((4, 4), 1, 0)),
    2: (_HALVE, ConvShape((3, 4), 1, 0)),
    4: (_HALVE, ConvShape((3, 3), 1, 0)),
    16: (_HALVE, _HALVE),
    64: (_HALVE,),
    256: (_HALVE,),
}
"""The original's convolutions for each number of codes; a ReLU stands between two of them."""


def convolutions_for(code_seq_len: int, grid_size: int) -> tuple[ConvShape, ...]:
    """Return the convolutions that turn the patch grid into ``code_seq_len`` places.

    Raises:
        ValueError: no convolutions exist for this number of codes, or they do not give it on
            this grid.
    """
    if code_seq_len not in CONVOLUTIONS:
        raise ValueError(f"code_seq_len {code_seq_len}: expected one of {sorted(CONVOLUTIONS)}")
    shapes = CONVOLUTIONS[code_seq_len]
    grid = (grid_size, grid_size)
    for shape in shapes:
        grid = shape.output_size(grid)
    if min(grid) < 1 or grid[0] * grid[1] != code_seq_len:
        fitting = {1: 8, 2: 8, 4: 8, 16: 16, 64: 16, 256: 32}[code_seq_len]
        raise ValueError(
            f"code_seq_len {code_seq_len} on a {grid_size}x{grid_size} patch grid gives "
            f"{grid[0]}x{grid[1]} codes; use a {fitting}x{fitting} grid: "
            f"image_size = {fitting} * patch_size"
        )
    return shapes


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
