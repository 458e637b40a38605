"""Count, mean and variance of a motion for every token of every position, by dataset."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MIN_SAMPLES = 10
"""Pairs of a dataset that a token needs before its mean there counts (requirement V5)."""


@dataclass(frozen=True, kw_only=True)
class TokenMoments:
    """What a motion is like, by position, token and dataset."""

    count: Ints
    """``(position, token, dataset)``"""
    mean: Floats
    """``(position, token, dataset, column)``; 0 where nothing is counted."""
    variance: Floats
    """``(position, token, dataset)``: mean squared distance from the mean, summed over columns."""

    @property
    def counted(self) -> NDArray[np.bool_]:
        """``(position, token, dataset)``: whether there are enough pairs, here and in another dataset."""
        enough = self.count >= MIN_SAMPLES
        return np.asarray(enough & (enough.sum(axis=-1, keepdims=True) > 1))


def token_moments(
    codes: Ints, group: Ints, values: NDArray[np.floating], *, tokens: int, groups: int
) -> TokenMoments:
    """Sum over the pairs of every token.

    Args:
        codes: ``(pair, position)``.
        group: ``(pair,)``: number of the dataset.
        values: ``(pair, column)``, finite.
        tokens: size of the codebook.
        groups: number of datasets.
    """
    positions = codes.shape[1]
    shape = (positions, tokens, groups)
    cell = ((np.arange(positions) * tokens + codes) * groups + group[:, None]).reshape(-1)

    def summed(column: Floats) -> Floats:
        sums = np.bincount(cell, np.repeat(column, positions), minlength=int(np.prod(shape)))
        return np.asarray(sums.reshape(shape), np.float64)

    columns = values.astype(np.float64).T
    count = np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape)
    some = np.maximum(count, 1)
    mean = np.stack([summed(column) / some for column in columns], axis=-1)
    squares = summed((columns**2).sum(axis=0)) / some
    return TokenMoments(
        count=count, mean=mean, variance=np.maximum(squares - (mean**2).sum(axis=-1), 0.0)
    )
