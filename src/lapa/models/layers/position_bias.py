"""Continuous position bias: a small network turns each relative offset into one logit per head."""

from __future__ import annotations

import torch
from einops import rearrange
from torch import Tensor, nn


def _offset_table(grid_size: int) -> tuple[Tensor, Tensor]:
    """Distinct signed-log offsets ``(offset, 2)`` and which of them each pair of patches has."""
    reach = torch.arange(1 - grid_size, grid_size)
    offsets = torch.stack(torch.meshgrid(reach, reach, indexing="ij"), dim=-1)
    scaled = offsets.sign() * (offsets.abs() + 1.0).log()
    cell = torch.arange(grid_size)
    rows, columns = torch.meshgrid(cell, cell, indexing="ij")
    places = torch.stack([rows.flatten(), columns.flatten()], dim=-1)
    relative = places[:, None] - places[None, :] + grid_size - 1
    index = relative[..., 0] * len(reach) + relative[..., 1]
    return rearrange(scaled, "y x two -> (y x) two"), index


class ContinuousPositionBias(nn.Module):
    """``() -> (head, patch, patch)``: attention bias for a square grid of patches.

    A grid of g x g patches has g^4 pairs but only (2g - 1)^2 distinct offsets, so the network runs
    on the offsets and the pairs look their value up (18 times fewer rows at 8 x 8). Call it once
    per forward pass and share the result.

    Args:
        dim: width of the network.
        heads: number of heads.
        grid_size: patches per side.
        every_pair: run on every pair, as the original does; the gradients then round alike.
    """

    offsets: Tensor
    index: Tensor

    def __init__(self, *, dim: int, heads: int, grid_size: int, every_pair: bool = False) -> None:
        super().__init__()
        self.every_pair = every_pair
        self.network = nn.Sequential(
            nn.Linear(2, dim),
            nn.LeakyReLU(0.1),
            nn.Linear(dim, dim),
            nn.LeakyReLU(0.1),
            nn.Linear(dim, heads),
        )
        offsets, index = _offset_table(grid_size)
        self.register_buffer("offsets", offsets, persistent=False)
        self.register_buffer("index", index, persistent=False)

    def forward(self) -> Tensor:
        """Compute the bias ``(head, query patch, key patch)``."""
        if self.every_pair:
            per_pair: Tensor = self.network(self.offsets[self.index])
            return rearrange(per_pair, "i j n -> n i j")
        per_offset: Tensor = self.network(self.offsets)
        return rearrange(per_offset[self.index], "i j n -> n i j").contiguous()
