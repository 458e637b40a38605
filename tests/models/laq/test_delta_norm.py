"""Standardisation: batch statistics in training, running ones in evaluation."""

from __future__ import annotations

import torch

from lapa.models.laq.delta_norm import DeltaNorm


def test_equals_batch_normalisation() -> None:
    delta = torch.randn(6, 4, 3) * 5 + 2
    ours, theirs = DeltaNorm(3), torch.nn.BatchNorm1d(3, affine=False)
    expected = theirs(delta.flatten(0, 1)).reshape(6, 4, 3)
    torch.testing.assert_close(ours(delta), expected, atol=1e-5, rtol=1e-5)


def test_evaluation_uses_and_keeps_the_running_statistics() -> None:
    norm = DeltaNorm(3)
    for _ in range(80):
        norm(torch.randn(64, 4, 3) * 5 + 2)
    norm.eval()
    before = norm.running_mean.clone()
    result = norm(torch.full((1, 4, 3), 2.0))
    assert result.abs().max() < 0.1
    assert torch.equal(norm.running_mean, before)
