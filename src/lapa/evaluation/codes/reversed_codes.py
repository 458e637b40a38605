"""Codes of (t+H, t) applied to frame t: do they move it the other way (requirement V15)?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.decoded_pairs import DecodedPairs
from lapa.evaluation.codes.encode_rows import encode_rows
from lapa.evaluation.codes.motion_angle import cosines, mean_metric
from lapa.evaluation.codes.redraw import Redrawn, frames_of
from lapa.params.evaluation import EvaluationParams
from lapa.records import Metric

COSINE, CONTROL = "algebra/reversal_cosine", "algebra/reversal_cosine_shuffled"


@dataclass(frozen=True, kw_only=True)
class ReversedCodes:
    """What the decoder makes of the codes of reversed pairs."""

    cosine: Metric
    """Mean cosine of the drawn motion and the opposite of the true one; 1: the inverse, -1: the same again."""
    shuffled: Metric
    """The same with the reversed codes of another pair of the dataset."""
    drawn: Redrawn
    vectors: NDArray[np.float32]
    """``(pair, code, quant_dim)`` of (t+H, t)."""


def reversed_codes(decoded: DecodedPairs, arm: str, params: EvaluationParams) -> ReversedCodes:
    """Encode every pair backwards, and apply the code to frame t."""
    backwards = encode_rows(
        decoded.models[arm],
        lambda rows: frames_of(decoded.dataset, rows)[:, ::-1],
        decoded.rows,
        batch_size=decoded.batch_size,
    )
    drawn = decoded.redraw(arm, backwards.vectors, np.arange(len(decoded)))
    others = decoded.redraw(arm, decoded.another(backwards.vectors), np.arange(len(decoded)))
    return ReversedCodes(
        cosine=_cosine(COSINE, drawn, decoded, params),
        shuffled=_cosine(CONTROL, others, decoded, params),
        drawn=drawn,
        vectors=backwards.vectors,
    )


def _cosine(name: str, drawn: Redrawn, decoded: DecodedPairs, params: EvaluationParams) -> Metric:
    opposite = -decoded.motion.weighted
    values = cosines(drawn.motion.weighted, opposite, shortest=decoded.shortest)
    return mean_metric(name, values, decoded.table.episode, params)
