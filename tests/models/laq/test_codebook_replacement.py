"""Ours and the original's rule for unused codes."""

from __future__ import annotations

import torch

from lapa.models.laq.codebook_replacement import replace_by_usage
from lapa.models.laq.original_replacement import is_due, replace_as_original


def _codebook(size: int = 8) -> torch.Tensor:
    return torch.randn(size, 5, generator=torch.Generator().manual_seed(0))


def _counts(*values: int) -> torch.Tensor:
    return torch.tensor(values)


def test_original_replaces_26_times_and_never_after_step_4500() -> None:
    due = [step for step in range(100_005) if is_due(step)]
    assert due == [*range(10, 100, 10), *range(100, 1000, 100), *range(1000, 5000, 500)]
    assert len(due) == 26


def test_original_copies_are_identical() -> None:
    codebook = _codebook()
    result = replace_as_original(codebook, _counts(9, 0, 0, 0, 0, 0, 0, 0), num_batches=10)
    assert torch.unique(result.codebook, dim=0).shape[0] == 1
    assert result.replaced.tolist() == [False] + [True] * 7
    assert torch.equal(codebook, _codebook())


def test_original_takes_sources_in_order_when_enough_are_used() -> None:
    codebook = _codebook()
    result = replace_as_original(codebook, _counts(0, 9, 0, 9, 9, 9, 9, 9), num_batches=10)
    assert torch.equal(result.codebook[[0, 2]], codebook[[1, 3]])
    assert torch.equal(result.codebook[[1, 3, 4]], codebook[[1, 3, 4]])


def test_original_does_nothing_when_no_code_is_used() -> None:
    result = replace_as_original(_codebook(), torch.zeros(8), num_batches=10)
    assert torch.equal(result.codebook, _codebook())
    assert not result.replaced.any()


def test_usage_gives_distinct_rows_near_their_sources() -> None:
    codebook = _codebook()
    generator = torch.Generator().manual_seed(1)
    result = replace_by_usage(
        codebook, _counts(50, 50, 0, 0, 0, 0, 0, 0), noise_share=0.1, generator=generator
    )
    assert torch.unique(result.codebook, dim=0).shape[0] == 8
    assert result.replaced.tolist() == [False] * 2 + [True] * 6
    distance = torch.cdist(result.codebook[2:], codebook[:2]).min(dim=1).values
    spread = (codebook[0] - codebook[1]).norm()
    assert (distance > 0.01 * spread).all()
    assert (distance < 0.4 * spread).all()


def test_usage_draws_busy_codes_more_often() -> None:
    codebook = torch.eye(200, 5) * 0 + torch.arange(200.0)[:, None]
    counts = torch.zeros(200, dtype=torch.int64)
    counts[0], counts[1] = 900, 100
    result = replace_by_usage(
        codebook, counts, noise_share=0.01, generator=torch.Generator().manual_seed(0)
    )
    from_busy = (result.codebook[2:] - codebook[0]).norm(dim=1) < 0.5
    assert 0.8 < from_busy.float().mean() < 0.98


def test_usage_with_one_survivor_still_spreads() -> None:
    result = replace_by_usage(_codebook(), _counts(9, 0, 0, 0, 0, 0, 0, 0))
    assert torch.unique(result.codebook, dim=0).shape[0] == 8


def test_usage_leaves_a_healthy_or_uncounted_codebook_alone() -> None:
    for counts in (torch.full((8,), 5), torch.zeros(8, dtype=torch.int64)):
        result = replace_by_usage(_codebook(), counts)
        assert torch.equal(result.codebook, _codebook())
        assert not result.replaced.any()


def test_the_same_generator_gives_the_same_codebook() -> None:
    counts = _counts(50, 3, 0, 0, 0, 40, 0, 0)
    first, second = (
        replace_by_usage(_codebook(), counts, generator=torch.Generator().manual_seed(4))
        for _ in range(2)
    )
    assert torch.equal(first.codebook, second.codebook)
