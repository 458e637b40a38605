"""Latent vectors in the plane: principal components, and t-SNE of a part of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from lapa.evaluation.analyses import CannotMeasureError

MAX_POINTS = 1000
"""Pairs that are embedded: t-SNE of more takes longer and shows no more."""
MIN_POINTS = 12
PERPLEXITY = 30.0


@dataclass(frozen=True, kw_only=True)
class Embedding:
    """Some pairs in the plane, twice."""

    rows: NDArray[np.int64]
    """Which pairs; a seeded choice where there are many."""
    principal: NDArray[np.float64]
    """``(row, 2)``: the two directions of most variance (Pearson 1901)."""
    explained: tuple[float, float]
    """Share of the variance along each."""
    neighbors: NDArray[np.float64]
    """``(row, 2)``: t-SNE (van der Maaten & Hinton 2008), from the principal components."""


def embed(vectors: NDArray[np.floating], *, seed: int) -> Embedding:
    """Embed ``vectors (pair, feature)``.

    Args:
        vectors: two features at least.
        seed: of the choice of pairs, and of t-SNE.

    Raises:
        CannotMeasureError: too few pairs, too few features, or all vectors are the same.
    """
    if len(vectors) < MIN_POINTS or vectors.shape[1] < 2:
        raise CannotMeasureError(
            f"there are {len(vectors)} pairs with vectors of {vectors.shape[1]} numbers, expected at least "
            f"{MIN_POINTS} and 2"
        )
    rows = np.sort(np.random.default_rng(seed).permutation(len(vectors))[:MAX_POINTS])
    chosen = vectors[rows].astype(np.float64)
    if np.ptp(chosen, axis=0).max() == 0:
        raise CannotMeasureError("all pairs have the same vector")
    pca = PCA(n_components=2, svd_solver="full")
    principal = pca.fit_transform(chosen)
    tsne = TSNE(perplexity=min(PERPLEXITY, (len(rows) - 1) / 3), init="pca", random_state=seed)
    first, second = pca.explained_variance_ratio_.tolist()
    return Embedding(
        rows=rows,
        principal=principal,
        explained=(first, second),
        neighbors=np.asarray(tsne.fit_transform(chosen), np.float64),
    )
