"""How strongly codes go with actions, without fitting anything: mutual information, η²."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.metrics.code_usage import entropy_bits

Codes = NDArray[np.int64]
ACTION_BINS = 8
"""Actions are cut at their octiles for mutual information."""


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
    measured = []
    for column, dimension in enumerate(dimensions):
        values = actions[:, column].astype(np.float64)
        if np.ptp(values) < 1e-9:
            continue
        cells = quantile_bins(values)
        for name, token in tokens.items():
            measured.append(
                Association(
                    token=name,
                    dimension=dimension,
                    mutual_information=mutual_bits(token, cells),
                    null=mutual_bits(rng.permutation(token), cells),
                    eta_squared=eta_squared(token, values),
                )
            )
    return measured


def quantile_bins(values: NDArray[np.floating], bins: int = ACTION_BINS) -> NDArray[np.int64]:
    """Bin of each value between the quantiles; repeated values share a bin."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)[1:-1]))
    return np.searchsorted(edges, values, side="right")


def mutual_bits(token: Codes, cells: NDArray[np.int64]) -> float:
    """Mutual information of two labels ``(sample,)`` from 0 on, in bits; on few samples it is biased upward."""
    joint = np.bincount(token * (int(cells.max()) + 1) + cells)
    return entropy_bits(np.bincount(token)) + entropy_bits(np.bincount(cells)) - entropy_bits(joint)


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
