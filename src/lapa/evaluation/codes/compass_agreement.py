"""Whether a token points the same way in every dataset (requirement V6)."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.token_moments import Ints, token_moments


def centered(values: NDArray[np.floating], group: Ints) -> NDArray[np.float64]:
    """``values (pair, column)`` without the mean of their dataset: what a camera or a task adds to all tokens."""
    result = values.astype(np.float64)
    for number in np.unique(group):
        members = group == number
        result[members] -= result[members].mean(axis=0)
    return result


def compass_agreement(
    codes: Ints, group: Ints, motion: NDArray[np.floating], *, tokens: int, groups: int
) -> float:
    """Mean cosine of a token's mean motions in two datasets, over tokens and pairs of datasets.

    Weighted by the product of lengths (a token without motion has no direction) and by the harmonic mean of the
    numbers of pairs. 1: same direction; 0: unrelated; -1: mirrored.

    Args:
        codes: ``(pair, position)``.
        group: ``(pair,)``: number of the dataset.
        motion: ``(pair, 2)``, finite.
        tokens: size of the codebook.
        groups: number of datasets.

    Returns:
        NaN where no token has enough pairs in two datasets, or nothing moves.
    """
    moments = token_moments(codes, group, motion, tokens=tokens, groups=groups)
    dot = length = 0.0
    for first, second in combinations(range(groups), 2):
        both = moments.counted[..., first] & moments.counted[..., second]
        n, m = moments.count[both, first], moments.count[both, second]
        weight = n * m / (n + m)
        one, other = moments.mean[both, first], moments.mean[both, second]
        dot += float((weight * (one * other).sum(axis=-1)).sum())
        lengths = np.linalg.norm(one, axis=-1) * np.linalg.norm(other, axis=-1)
        length += float((weight * lengths).sum())
    return dot / length if length > 0 else float("nan")
