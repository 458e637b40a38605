"""How evenly codes are used: entropy, perplexity, utilization."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


def entropy_bits(counts: ArrayLike) -> float:
    """Shannon entropy of counts, in bits; 0 for no count at all."""
    every = np.asarray(counts)
    shares = every[every > 0] / max(1, every.sum())
    return float(0.0 - (shares * np.log2(shares)).sum())


def perplexity(counts: ArrayLike) -> float:
    """Effective number of codes: 1 (one code alone) to K (all equally often)."""
    return float(2 ** entropy_bits(counts))


def utilization(counts: ArrayLike) -> float:
    """Share of the codebook that was used at all, in [0, 1]."""
    return float((np.asarray(counts) > 0).mean())


def position_counts(codes: NDArray[np.int64], *, codebook_size: int) -> NDArray[np.int64]:
    """Counts ``(code position, codebook_size)`` of ``codes (sample, code)``."""
    return np.stack([np.bincount(column, minlength=codebook_size) for column in codes.T])


def sequence_counts(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """How often each sequence of ``codes (sample, code)`` occurs that occurs at all."""
    _, counts = np.unique(codes, axis=0, return_counts=True)
    return np.asarray(counts)


@dataclass(frozen=True, kw_only=True)
class CodeUsage:
    """How evenly the codes and their sequences are used."""

    histogram: NDArray[np.int64]
    """``(code position, codebook_size)``."""
    utilization: float
    """Share of the codebook that occurs at all."""
    perplexity: float
    """Effective number of codes, all positions together."""
    sequences: int
    """Distinct code sequences that occur."""
    sequence_entropy: float
    """Bits; at most positions times log2 of the codebook size."""


def code_usage(codes: NDArray[np.int64], *, codebook_size: int) -> CodeUsage:
    """Count codes ``(sample, code)`` and sequences."""
    histogram = position_counts(codes, codebook_size=codebook_size)
    sequences = sequence_counts(codes)
    total = histogram.sum(axis=0)
    return CodeUsage(
        histogram=histogram,
        utilization=utilization(total),
        perplexity=perplexity(total),
        sequences=len(sequences),
        sequence_entropy=entropy_bits(sequences),
    )
