"""Static pairs (t, t): do they all get one code, and does that code move nothing (requirement V15)?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.decoded_pairs import DecodedPairs
from lapa.evaluation.codes.encode_rows import encode_rows
from lapa.evaluation.codes.motion_angle import mean_metric, ratio_metric
from lapa.evaluation.codes.redraw import Redrawn, frames_of
from lapa.params.evaluation import EvaluationParams
from lapa.records import Metric

SPREAD, SHARE, MOTION = "algebra/null_spread", "algebra/null_share", "algebra/null_motion"
MOVING = "_moving"
"""Of the share of the commonest sequence among the pairs that move: the control."""


@dataclass(frozen=True, kw_only=True)
class NullCodes:
    """What the quantiser says of a frame beside itself, and what the decoder makes of it."""

    metrics: tuple[Metric, ...]
    drawn: Redrawn
    """Frame t with the code of (t, t)."""
    vectors: NDArray[np.float32]
    """``(pair, code, quant_dim)`` of (t, t)."""


def null_codes(
    decoded: DecodedPairs, arm: str, codes: NDArray[np.int64] | None, params: EvaluationParams
) -> NullCodes:
    """Measure how alike static pairs are, and how much their codes move.

    Args:
        decoded: pairs that move; their frame t twice is a static pair.
        arm: which quantiser.
        codes: ``(pair, code)`` of the pairs themselves; None where latents are continuous.
        params: bootstrap draws and their seed.

    Returns:
        ``null_spread``: mean squared distance of static vectors to their mean, relative to that of moving pairs;
        ``null_share`` (of codes): share of static pairs with their commonest sequence, and the same of moving
        pairs; ``null_motion``: motion drawn with static codes relative to that with the pairs' own. A ratio is
        left out where moving pairs have no spread or no motion.
    """
    still = encode_rows(
        decoded.models[arm],
        lambda rows: frames_of(decoded.dataset, rows)[:, [0, 0]],
        decoded.rows,
        batch_size=decoded.batch_size,
    )
    episodes = decoded.table.episode
    drawn = decoded.redraw(arm, still.vectors, np.arange(len(decoded)))
    compared: dict[str, tuple[NDArray[np.floating], NDArray[np.floating]]] = {
        SPREAD: (_distances(still.vectors), _distances(decoded.vectors[arm])),
        MOTION: (drawn.motion.magnitude, decoded.by(arm, "own").motion.magnitude),
    }
    metrics = [
        ratio_metric(name, of_still, of_moving, episodes, params)
        for name, (of_still, of_moving) in compared.items()
        if of_moving.sum()
        > 0  # else all pairs have one latent, or the decoder never moves anything
    ]
    if codes is not None and still.codes is not None:
        for suffix, sequences in (("", still.codes), (MOVING, codes)):
            metrics.append(mean_metric(SHARE + suffix, is_commonest(sequences), episodes, params))
    return NullCodes(metrics=tuple(metrics), drawn=drawn, vectors=still.vectors)


def is_commonest(codes: NDArray[np.int64]) -> NDArray[np.float64]:
    """1 for pairs that have the commonest sequence of ``(pair, code)``, else 0."""
    _, number, counts = np.unique(codes, axis=0, return_inverse=True, return_counts=True)
    return np.asarray(number.reshape(-1) == counts.argmax(), np.float64)


def _distances(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Squared distance of every pair to the mean."""
    flat = vectors.reshape(len(vectors), -1).astype(np.float64)
    return np.asarray(((flat - flat.mean(axis=0)) ** 2).sum(axis=1))
