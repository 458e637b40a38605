"""Whether a token means the same motion in every dataset (requirement V5).

The law of total variance over datasets: pairs of one token differ within a dataset, and its mean differs between
datasets. For unit vectors (cos θ, sin θ) the variance is 1 - R², the circular one, so directions need no code of their own
(Mardia & Jupp 2000, Directional Statistics).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.token_moments import Ints, TokenMoments, token_moments

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Spread:
    """How pairs of one token differ; NaN where fewer than two datasets have enough pairs."""

    within: Floats
    """``(position, token)``: mean over datasets of the variance within a dataset."""
    between: Floats
    """``(position, token)``: variance of the per-dataset means (n - 1 in the denominator)."""
    pairs: Ints
    """``(position, token)``: of the datasets that count."""

    @property
    def ratio(self) -> Floats:
        """``(position, token)``: within / between; high where datasets agree, below 1 where they do not."""
        return np.asarray(self.within / np.maximum(self.between, 1e-12))

    @property
    def total(self) -> Floats:
        """``(position, token)``: half the mean squared difference of two pairs from different datasets."""
        return np.asarray(self.within + self.between)


def spread(moments: TokenMoments) -> Spread:
    """Compare the datasets that have enough pairs of a token (requirement V5's two variances and their ratio)."""
    return _spread(moments, moments.counted)


def consistency(
    codes: Ints, group: Ints, values: NDArray[np.floating], *, tokens: int, groups: int
) -> tuple[Floats, Floats]:
    """How much closer two pairs of different datasets are when they share a token.

    1 - E[d² | one token] / E[d² | any tokens], over tokens weighted by their pairs, where d is the difference of
    two pairs from different datasets. 1: a token is one motion everywhere; 0: no more alike than any two pairs;
    below 0: it means opposite motions.

    Args:
        codes: ``(pair, position)``.
        group: ``(pair,)``: number of the dataset.
        values: ``(pair, column)``, finite: an action, or unit vectors of a direction.
        tokens: size of the codebook.
        groups: number of datasets.

    Returns:
        ``(position,)``: consistency; and the share of the variance inside datasets that the tokens take away, times
        the share of pairs that count, by which a position can be chosen. NaN where no token has enough pairs in two
        datasets, or nothing differs.
    """
    moments = token_moments(codes, group, values, tokens=tokens, groups=groups)
    everything = token_moments(codes[:, :1] * 0, group, values, tokens=1, groups=groups)
    counted = moments.counted
    of_token, of_any = _spread(moments, counted), _spread(everything, counted)
    covered = np.where(of_token.pairs > 0, of_token.pairs, 0).sum(axis=1) / len(codes)
    told_inside = covered * (1 - _relative(of_token.within, of_any.within, of_token.pairs))
    return 1 - _relative(of_token.total, of_any.total, of_token.pairs), told_inside


def _relative(part: Floats, whole: Floats, pairs: Ints) -> Floats:
    """``(position,)``: Σ pairs · part / Σ pairs · whole over the tokens that count; NaN where the whole is 0."""
    weight = np.where(pairs > 0, pairs, 0)
    summed = np.nansum(weight * whole, axis=1)
    share = np.nansum(weight * part, axis=1) / np.where(summed > 0, summed, 1)
    return np.where(summed > 0, share, np.nan)


def _spread(moments: TokenMoments, counted: NDArray[np.bool_]) -> Spread:
    """Over the datasets that count; ``moments`` may be of all tokens as one."""
    datasets = counted.sum(axis=-1)
    several = np.where(datasets > 1, datasets, np.nan)
    within = (moments.variance * counted).sum(axis=-1) / several
    mask = counted[..., None]
    center = (moments.mean * mask).sum(axis=-2, keepdims=True) / several[..., None, None]
    apart = (((moments.mean - center) ** 2) * mask).sum(axis=(-2, -1))
    pairs = (np.broadcast_to(moments.count, counted.shape) * counted).sum(axis=-1)
    return Spread(within=within, between=apart / (several - 1), pairs=pairs)
