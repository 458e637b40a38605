"""The bias depends on the offset alone, and equals the network run on every pair."""

from __future__ import annotations

import torch

from lapa.models.layers.position_bias import ContinuousPositionBias


def _by_pairs(bias: ContinuousPositionBias, grid_size: int) -> torch.Tensor:
    cell = torch.arange(grid_size)
    places = torch.stack(torch.meshgrid(cell, cell, indexing="ij"), -1).reshape(-1, 2)
    offsets = (places[:, None] - places[None, :]).float()
    scaled = offsets.sign() * (offsets.abs() + 1).log()
    return bias.network(scaled).permute(2, 0, 1)


def test_lookup_equals_the_network_on_every_pair() -> None:
    bias = ContinuousPositionBias(dim=16, heads=3, grid_size=5)
    torch.testing.assert_close(bias(), _by_pairs(bias, 5))


def test_same_offset_same_bias() -> None:
    values = ContinuousPositionBias(dim=8, heads=2, grid_size=4)()
    assert values.shape == (2, 16, 16)
    assert torch.equal(values[:, 0, 5], values[:, 10, 15])
    assert not torch.equal(values[:, 0, 5], values[:, 5, 0])
