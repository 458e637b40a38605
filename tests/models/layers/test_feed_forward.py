"""The feed-forward block: inner width and gate."""

from __future__ import annotations

import pytest
import torch

from lapa.models.layers.feed_forward import FeedForward


@pytest.mark.parametrize(
    ("dim", "inner"),
    [(1024, 2730), (768, 2048), (512, 1365), (384, 1024), (256, 682), (128, 341), (64, 170)],
)
def test_inner_width(dim: int, inner: int) -> None:
    with torch.device("meta"):
        block = FeedForward(dim)
    assert block.expand.weight.shape == (2 * inner, dim)
    assert block.contract.weight.shape == (dim, inner)


def test_second_half_is_the_gate() -> None:
    block = FeedForward(8)
    inner = block.contract.in_features
    with torch.no_grad():
        block.expand.weight[inner:] = 0
    assert block(torch.randn(3, 8)).abs().max() == 0
