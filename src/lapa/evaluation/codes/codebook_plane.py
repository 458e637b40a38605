"""The codebook in the plane: where each code lies, how often it occurs, which way its pairs move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA

from lapa.evaluation.analyses import CannotMeasureError

MAX_CODES = 64
"""Larger codebooks are drawn by their commonest codes."""


@dataclass(frozen=True, kw_only=True)
class CodebookPlane:
    """The commonest codes on the two principal components of the codebook."""

    codes: NDArray[np.int64]
    """``(row,)``: their numbers."""
    points: NDArray[np.float64]
    """``(row, 2)``"""
    shares: NDArray[np.float64]
    """``(row,)``: of all code positions of all pairs."""
    motion: NDArray[np.float64]
    """``(row, 2)``: mean motion of the pairs that have the code anywhere; NaN where none moves."""


def codebook_plane(
    vectors: NDArray[np.floating],
    codes: NDArray[np.int64],
    moved: NDArray[np.int64],
    motion: NDArray[np.float64],
) -> CodebookPlane:
    """Project the vectors that the codes in use stand for.

    Args:
        vectors: ``(pair, code, quant_dim)``: what the decoder is given.
        codes: ``(pair, code)``.
        moved: ``(row,)``: pairs whose motion is known.
        motion: ``(row, 2)``, of these.

    Raises:
        CannotMeasureError: one code alone is in use, or a code stands for another vector at another position.
    """
    used, first, counts = np.unique(codes.ravel(), return_index=True, return_counts=True)
    if len(used) < 2:
        raise CannotMeasureError(f"code {used[0]} alone is in use")
    flat = vectors.reshape(codes.size, -1).astype(np.float64)
    rows = flat[first]
    if not np.allclose(flat, rows[np.searchsorted(used, codes.ravel())], atol=1e-4):
        raise CannotMeasureError("every code position has a codebook of its own")
    common = np.sort(np.argsort(-counts, kind="stable")[:MAX_CODES])
    dims = min(2, *rows.shape)
    points = PCA(n_components=dims, svd_solver="full").fit_transform(rows)
    means = np.full((len(common), 2), np.nan)
    for row, code in enumerate(used[common].tolist()):
        own = (codes[moved] == code).any(axis=1)
        if own.any():
            means[row] = motion[own].mean(axis=0)
    return CodebookPlane(
        codes=used[common],
        points=np.pad(points, ((0, 0), (0, 2 - dims)))[common],
        shares=counts[common] / codes.size,
        motion=means,
    )
