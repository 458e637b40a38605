"""Figures of hand-made reconstructions, and batches that add up."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from lapa.metrics.code_usage import perplexity, utilization
from lapa.training.laq.metrics import PairMetrics, psnr

CPU = torch.device("cpu")


def pairs(count: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    first = torch.rand(count, 3, 16, 16, generator=generator) * 0.5
    return first, first + 0.2


def measured(codes: Tensor, *, error: float, shuffled_error: float) -> dict[str, float]:
    metrics = PairMetrics(codebook_size=8, code_seq_len=codes.shape[1], device=CPU)
    first, last = pairs(len(codes))
    metrics.update(
        first=first,
        last=last,
        reconstruction=last - error,
        shuffled=last - shuffled_error,
        codes=codes,
    )
    return metrics.compute()


def test_gains_against_copying_and_against_shuffled_codes() -> None:
    figures = measured(torch.zeros(4, 2, dtype=torch.long), error=0.02, shuffled_error=0.2)
    assert figures["loss_recon"] == pytest.approx(4e-4, rel=1e-3)
    assert figures["psnr"] == pytest.approx(33.98, abs=0.01)
    assert figures["psnr_copy"] == pytest.approx(13.98, abs=0.01)
    assert figures["psnr_gain_over_copy"] == pytest.approx(20, abs=0.01)
    assert figures["psnr_gain_shuffled"] == pytest.approx(0, abs=0.01)
    assert figures["code_dependence"] == pytest.approx(20, abs=0.01)


def test_use_of_the_codebook() -> None:
    figures = measured(torch.tensor([[0, 1], [2, 3]]), error=0.1, shuffled_error=0.1)
    assert figures["codebook_utilization"] == pytest.approx(0.5)
    assert figures["perplexity"] == pytest.approx(4)
    assert figures["sequence_perplexity"] == pytest.approx(2)
    assert figures["code_dependence"] == pytest.approx(0)


def test_unmoved_pairs_are_finite() -> None:
    metrics = PairMetrics(codebook_size=8, code_seq_len=1, device=CPU)
    first, _ = pairs(2)
    codes = torch.zeros(2, 1, dtype=torch.long)
    metrics.update(first=first, last=first, reconstruction=first, shuffled=first, codes=codes)
    figures = metrics.compute()
    assert figures["psnr_gain_over_copy"] == 0
    assert "psnr_gain_moved" not in figures
    assert all(torch.isfinite(torch.tensor(value)) for value in figures.values())


def test_batches_add_up() -> None:
    first, last = pairs(6)
    noisy = last + 0.05 * torch.randn(last.shape, generator=torch.Generator().manual_seed(1))
    codes = torch.arange(12).reshape(6, 2) % 8
    results = []
    for parts in ([slice(0, 6)], [slice(0, 2), slice(2, 6)]):
        metrics = PairMetrics(codebook_size=8, code_seq_len=2, device=CPU)
        for part in parts:
            metrics.update(
                first=first[part],
                last=last[part],
                reconstruction=noisy[part],
                shuffled=first[part],
                codes=codes[part],
            )
        results.append(metrics.compute())
    assert results[0] == pytest.approx(results[1], rel=1e-6)


def test_long_sequences_keep_no_histogram() -> None:
    metrics = PairMetrics(codebook_size=8, code_seq_len=64, device=CPU)
    first, last = pairs(2)
    codes = torch.zeros(2, 64, dtype=torch.long)
    metrics.update(first=first, last=last, reconstruction=last, shuffled=last, codes=codes)
    assert "sequence_perplexity" not in metrics.compute()


def test_counts() -> None:
    assert utilization([4, 0, 0, 4]) == 0.5
    assert perplexity([4, 0, 0, 4]) == pytest.approx(2)
    assert perplexity([9, 0]) == pytest.approx(1)
    assert psnr(0.01) == pytest.approx(20)
