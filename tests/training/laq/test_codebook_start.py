"""Codebook rows are picked where the data is, far from each other."""

from __future__ import annotations

import pytest
import torch

from lapa.training.common.seeding import generator_of
from lapa.training.laq.codebook_start import spread_picks


def test_every_cluster_gets_a_code() -> None:
    centers = 10 * torch.eye(8)
    vectors = centers.repeat(50, 1) + 0.01 * torch.randn(400, 8, generator=generator_of(0))
    picks = spread_picks(vectors, 8, generator_of(1))
    nearest = torch.cdist(picks, centers).argmin(dim=1)
    assert sorted(nearest.tolist()) == list(range(8))


def test_picks_are_reproducible_and_come_from_the_data() -> None:
    vectors = torch.randn(100, 4, generator=generator_of(2))
    picks = spread_picks(vectors, 5, generator_of(3))
    assert torch.equal(picks, spread_picks(vectors, 5, generator_of(3)))
    assert torch.cdist(picks, vectors).amin(dim=1).max() == 0


def test_too_few_distinct_vectors() -> None:
    with pytest.raises(ValueError, match="1 distinct vectors were encoded, expected at least 8"):
        spread_picks(torch.zeros(100, 4), 8, generator_of(0))
