"""What codes say about actions without fitting anything: usage, mutual information, η²."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import mutual_info_score

Codes = NDArray[np.int64]
ACTION_BINS = 8
"""Actions are cut at their octiles for mutual information."""


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


def code_usage(codes: Codes, *, codebook_size: int) -> CodeUsage:
    """Count codes ``(sample, code)`` and sequences."""
    histogram = np.stack([np.bincount(c, minlength=codebook_size) for c in codes.T])
    _, counts = np.unique(codes, axis=0, return_counts=True)
    total = histogram.sum(axis=0)
    return CodeUsage(
        histogram=histogram,
        utilization=float((total > 0).mean()),
        perplexity=float(2 ** entropy_bits(total)),
        sequences=len(counts),
        sequence_entropy=entropy_bits(counts),
    )


def entropy_bits(counts: NDArray[np.integer]) -> float:
    """Entropy of a histogram in bits."""
    shares = counts[counts > 0] / counts.sum()
    return float(0.0 - (shares * np.log2(shares)).sum())


@dataclass(frozen=True, kw_only=True)
class Association:
    """How strongly a code position (or the whole sequence) goes with an action dimension."""

    token: str
    """``code 0``, …, or ``sequence``."""
    dimension: str
    mutual_information: float
    """Bits, of at most log2(8) = 3; biased upward on few samples, so read it beside the null."""
    null: float
    """The same with shuffled codes: what chance gives."""
    eta_squared: float
    """Share of the action's variance between tokens, corrected for their number (ε²)."""


def associations(
    codes: Codes, actions: NDArray[np.floating], dimensions: tuple[str, ...], *, seed: int
) -> list[Association]:
    """Measure every code position and the whole sequence against every varying dimension."""
    _, sequence = np.unique(codes, axis=0, return_inverse=True)
    tokens = {f"code {i}": codes[:, i] for i in range(codes.shape[1])} | {"sequence": sequence}
    rng = np.random.default_rng(seed)
    found = []
    for column, dimension in enumerate(dimensions):
        values = actions[:, column].astype(np.float64)
        if np.ptp(values) < 1e-9:
            continue
        cells = octiles(values)
        for name, token in tokens.items():
            found.append(
                Association(
                    token=name,
                    dimension=dimension,
                    mutual_information=_bits(token, cells),
                    null=_bits(rng.permutation(token), cells),
                    eta_squared=eta_squared(token, values),
                )
            )
    return found


def octiles(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Bin of each value between the octiles; repeated values share a bin."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, ACTION_BINS + 1)[1:-1]))
    return np.searchsorted(edges, values, side="right")


def _bits(token: Codes, cells: NDArray[np.int64]) -> float:
    return float(mutual_info_score(token, cells) / np.log(2))


def eta_squared(token: Codes, values: NDArray[np.float64]) -> float:
    """ε²: between-token variance share, zero on average when token and value are unrelated."""
    _, group = np.unique(token, return_inverse=True)
    counts = np.bincount(group)
    means = np.bincount(group, weights=values) / counts
    within = float(((values - means[group]) ** 2).sum())
    total = float(((values - values.mean()) ** 2).sum())
    if len(values) <= len(counts) or total == 0:
        return 0.0
    return 1 - (within / (len(values) - len(counts))) / (total / (len(values) - 1))
