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


def test_every_pair_is_the_same_bias_and_gradient() -> None:
    full = ContinuousPositionBias(dim=16, heads=3, grid_size=5, every_pair=True)
    assert torch.equal(full(), _by_pairs(full, 5))
    short = ContinuousPositionBias(dim=16, heads=3, grid_size=5)
    short.load_state_dict(full.state_dict())
    weights = torch.randn(3, 25, 25)
    for module in (full, short):
        (module() * weights).sum().backward()
    for ours, theirs in zip(full.parameters(), short.parameters(), strict=True):
        torch.testing.assert_close(ours.grad, theirs.grad, atol=1e-4, rtol=1e-4)


def test_same_offset_same_bias() -> None:
    values = ContinuousPositionBias(dim=8, heads=2, grid_size=4)()
    assert values.shape == (2, 16, 16)
    assert torch.equal(values[:, 0, 5], values[:, 10, 15])
    assert not torch.equal(values[:, 0, 5], values[:, 5, 0])
