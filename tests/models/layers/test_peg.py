"""The position generator is a causal 3-D convolution, computed without its empty taps."""

from __future__ import annotations

import pytest
import torch
from einops import rearrange
from torch.nn import functional

from lapa.models.layers.peg import PEG


def _as_3d(peg: PEG, tokens: torch.Tensor) -> torch.Tensor:
    volume = functional.pad(rearrange(tokens, "b t h w d -> b d t h w"), (1, 1, 1, 1, 2, 0))
    return rearrange(peg.conv(volume), "b d t h w -> b t h w d")


@pytest.mark.parametrize("num_frames", [1, 2, 4])
def test_equals_the_3d_convolution(num_frames: int) -> None:
    peg = PEG(6)
    tokens = torch.randn(2, num_frames, 4, 5, 6)
    torch.testing.assert_close(peg(tokens), _as_3d(peg, tokens))


def test_no_frame_sees_a_later_one() -> None:
    peg = PEG(6)
    tokens = torch.randn(1, 2, 4, 4, 6)
    changed = tokens.clone()
    changed[:, 1] += 1
    assert torch.equal(peg(tokens)[:, 0], peg(changed)[:, 0])
    assert not torch.equal(peg(tokens)[:, 1], peg(changed)[:, 1])
