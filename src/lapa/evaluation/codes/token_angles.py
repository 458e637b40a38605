"""Where the motion of a token points: circular statistics by dataset (requirement V7)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import directional_stats

from lapa.evaluation.codes.token_moments import MIN_SAMPLES, Ints, token_moments


@dataclass(frozen=True, kw_only=True)
class TokenAngles:
    """The directions of one token at one position in one dataset."""

    dataset: str
    position: int
    code: int
    count: int
    """Pairs that move."""
    direction: float
    """Mean direction, degrees in (-180, 180]: 0 right, 90 down in the picture."""
    resultant: float
    """Mean resultant length R, [0, 1]: 1 if all directions are one."""
    rayleigh_p: float
    """Rayleigh test against directions without preference; too small where pairs resemble their neighbours."""


def rayleigh_p(resultant: float, count: int) -> float:
    """p-value of the Rayleigh test (Zar 2010, Biostatistical Analysis, eq. 27.4).

    Args:
        resultant: mean resultant length R, [0, 1].
        count: independent directions, at least 1.
    """
    length = count * resultant
    exponent = np.sqrt(1 + 4 * count + 4 * (count**2 - length**2)) - (1 + 2 * count)
    return float(min(np.exp(exponent), 1.0))


def token_angles(
    codes: Ints, dataset: NDArray[np.str_], directions: NDArray[np.floating]
) -> list[TokenAngles]:
    """Circular statistics of every token that occurs `MIN_SAMPLES` times in a dataset.

    Args:
        codes: ``(pair, position)``.
        dataset: ``(pair,)``.
        directions: ``(pair, 2)``, unit vectors.
    """
    return [
        _angles(str(name), position, code, directions[chosen])
        for name in np.unique(dataset)
        for position in range(codes.shape[1])
        for code in np.unique(codes[:, position]).tolist()
        if (chosen := (dataset == name) & (codes[:, position] == code)).sum() >= MIN_SAMPLES
    ]


def _angles(
    dataset: str, position: int, code: int, directions: NDArray[np.floating]
) -> TokenAngles:
    stats = directional_stats(directions.astype(np.float64))
    x, y = stats.mean_direction
    resultant = float(stats.mean_resultant_length)
    return TokenAngles(
        dataset=dataset,
        position=position,
        code=code,
        count=len(directions),
        direction=float(np.degrees(np.arctan2(y, x))),
        resultant=resultant,
        rayleigh_p=rayleigh_p(resultant, len(directions)),
    )


def concentration(
    codes: Ints, directions: NDArray[np.floating], *, tokens: int
) -> NDArray[np.float64]:
    """Mean resultant length of the directions of a token, ``(position,)``, [0, 1]; tokens weighted by their pairs.

    Args:
        codes: ``(pair, position)``.
        directions: ``(pair, 2)``, unit vectors.
        tokens: size of the codebook.

    Returns:
        NaN for a position without a token of `MIN_SAMPLES` pairs.
    """
    one_dataset = np.zeros(len(codes), np.int64)
    moments = token_moments(codes, one_dataset, directions, tokens=tokens, groups=1)
    count = moments.count[..., 0]
    weight = np.where(count >= MIN_SAMPLES, count, 0)
    total = weight.sum(axis=1)
    lengths = np.linalg.norm(moments.mean[..., 0, :], axis=-1)
    return np.where(total > 0, (weight * lengths).sum(axis=1) / np.maximum(total, 1), np.nan)
