"""Where in an image each channel looks: spatial softmax (https://arxiv.org/abs/1504.00702, section 5.1)."""

from __future__ import annotations

import math

import torch
from einops import rearrange
from torch import Tensor, nn


class SpatialSoftmax(nn.Module):
    """Where each channel looks and how strongly: ``(batch, channel, row, column)`` -> ``(batch, 3 channel)``."""

    def __init__(self, *, cells: int, sharpness: float = 1.0) -> None:
        """Prepare; activations are multiplied by ``sharpness`` first, which is learnt from there on."""
        super().__init__()
        # one element, not a scalar: FSDP2 cannot shard scalars
        self.log_sharpness = nn.Parameter(torch.full((1,), math.log(sharpness)))
        self.register_buffer(
            "places", rearrange(coordinates(cells), "xy r c -> (r c) xy"), persistent=False
        )

    places: Tensor

    def forward(self, grid: Tensor) -> Tensor:
        """Expected x, y in [-1, 1] and expected activation per channel."""
        flat = rearrange(grid, "b c row column -> b c (row column)").float()
        weight = torch.softmax(flat * self.log_sharpness.exp(), dim=-1)
        where = rearrange(weight @ self.places, "b c xy -> b (c xy)")
        return torch.cat([where, (weight * flat).sum(dim=-1)], dim=-1).to(grid.dtype)


def coordinates(cells: int) -> Tensor:
    """``float (2, cells, cells)``: x and y of cell centres in [-1, 1], the image's corners outside."""
    centers = (torch.arange(cells) + 0.5) / cells * 2 - 1
    y, x = torch.meshgrid(centers, centers, indexing="ij")
    return torch.stack([x, y])
