"""Flow of every pixel to what analyses read of a pair: mean, weighted and moving flow (requirement V7)."""

from __future__ import annotations

import numpy as np
from einops import reduce
from numpy.typing import NDArray

from lapa.evaluation.codes.pair_table import PairMotion
from lapa.flow.camera import without_camera
from lapa.params.flow import FlowParams


def motion_of_flow(flow: NDArray[np.float32], params: FlowParams) -> PairMotion:
    """Summarise flow.

    Args:
        flow: ``(pair, height, width, 2)``, right and down, pixels.
        params: the camera's motion to subtract, and from where on a pixel moves.

    Returns:
        Fractions of the image's width.
    """
    shares = without_camera(flow, params.camera) / np.float32(flow.shape[2])
    length = np.linalg.norm(shares, axis=-1)
    moves = length > params.threshold
    moving_share = reduce(moves.astype(np.float32), "pair h w -> pair", "mean")
    return PairMotion(
        mean=reduce(shares, "pair h w xy -> pair xy", "mean"),
        weighted=_weighted(shares, length),
        moving=_weighted(shares, moves.astype(np.float32)),
        magnitude=reduce(length, "pair h w -> pair", "mean"),
        static=moving_share <= params.static_share,
    )


def _weighted(shares: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Σ(flow · weight) / Σ weight of each pair, ``(pair, 2)``; zero where nothing weighs."""
    total = weight.sum(axis=(1, 2), dtype=np.float64)[:, None]
    summed = np.einsum("phwc,phw->pc", shares, weight, dtype=np.float64)
    mean = np.divide(summed, total, out=np.zeros_like(summed), where=total > 0)
    return np.asarray(mean, np.float32)
