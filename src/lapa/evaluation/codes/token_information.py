"""What the token of a position and a label tell about each other, in bits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Information:
    """Entropies of every position, bits; plug-in estimates, so read them beside those of permuted codes."""

    token: Floats
    """``(position,)``: H(token)."""
    label: Floats
    """``(position,)``: H(label), the same for all positions."""
    joint: Floats
    """``(position,)``: H(token, label)."""

    @property
    def shared(self) -> Floats:
        """``(position,)``: mutual information."""
        return np.asarray(self.token + self.label - self.joint)

    @property
    def of_label(self) -> Floats:
        """``(position,)``: share of the label's entropy that the token takes away, [0, 1]; NaN if it never varies."""
        return _share(self.shared, self.label)

    @property
    def left_of_token(self) -> Floats:
        """``(position,)``: H(token | label) / H(token), [0, 1]; NaN if the token never varies."""
        return _share(self.joint - self.label, self.token)

    @property
    def normalized(self) -> Floats:
        """``(position,)``: mutual information / mean of both entropies (NMI), [0, 1]."""
        return _share(self.shared, (self.token + self.label) / 2)


def joint_counts(codes: Ints, labels: Ints, *, tokens: int, num_labels: int) -> Ints:
    """Count pairs by ``(position, token, label)``.

    Args:
        codes: ``(pair, position)``, below ``tokens``.
        labels: ``(pair,)``, below ``num_labels``.
        tokens: size of the codebook.
        num_labels: number of labels.
    """
    positions = codes.shape[1]
    cell = (np.arange(positions) * tokens + codes) * num_labels + labels[:, None]
    counts = np.bincount(cell.reshape(-1), minlength=positions * tokens * num_labels)
    return counts.reshape(positions, tokens, num_labels)


def information(counts: Ints) -> Information:
    """Entropies of ``counts (position, token, label)``."""
    return Information(
        token=_entropy(counts.sum(axis=2)),
        label=_entropy(counts.sum(axis=1)),
        joint=_entropy(counts.reshape(len(counts), -1)),
    )


def purity(counts: Ints) -> Floats:
    """Share of pairs whose label is the commonest of their token, ``(position,)``, [0, 1]."""
    return np.asarray(counts.max(axis=2).sum(axis=1) / counts.sum(axis=(1, 2)))


def mean_of(values: Floats) -> float:
    """Mean over the positions that have a value; NaN if none has."""
    there = values[np.isfinite(values)]
    return float(there.mean()) if len(there) else float("nan")


def largest_of(values: Floats) -> float:
    """Largest over the positions that have a value; NaN if none has."""
    there = values[np.isfinite(values)]
    return float(there.max()) if len(there) else float("nan")


def _entropy(counts: Ints) -> Floats:
    """Bits of every row of ``counts``; `scipy.stats.entropy` takes ten times as long on tables this small."""
    shares = counts / counts.sum(axis=1, keepdims=True)
    return np.asarray(entr(shares).sum(axis=1) / np.log(2))


def _share(part: Floats, whole: Floats) -> Floats:
    varies = whole > 1e-9
    return np.where(varies, part / np.where(varies, whole, 1.0), np.nan)
