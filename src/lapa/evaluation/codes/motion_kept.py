"""Does the drawn frame move as the true one did? Robot-agnostic: no actions are asked for (requirement V10)."""

from __future__ import annotations

import numpy as np

from lapa.evaluation.codes.decoded_pairs import Condition, DecodedPairs
from lapa.evaluation.codes.motion_angle import (
    angular_errors,
    cosines,
    drawn_share,
    mean_metric,
    ratio_metric,
)
from lapa.params.evaluation import EvaluationParams
from lapa.records import Metric

ANGLE, COSINE = "motion_kept/angular_error", "motion_kept/cosine"
SHARE, LENGTH = "motion_kept/share", "motion_kept/length_ratio"
SUFFIX = "_shuffled"
"""Of the same metrics with another pair's codes."""


def motion_kept(
    decoded: DecodedPairs, arm: str, condition: Condition, params: EvaluationParams
) -> dict[str, Metric]:
    """Compare the motion from t to the drawn frame with the true one.

    Args:
        decoded: the pairs.
        arm: whose decoder draws.
        condition: ``own`` codes or those of ``another`` pair.
        params: bootstrap draws and their seed.

    Returns:
        By name: mean angle in degrees and mean cosine (a picture that stands still counts 90 degrees), the
        share of the true motion that is drawn along its own direction, and the ratio of lengths.
    """
    seen, wanted = decoded.by(arm, condition).motion.weighted, decoded.motion.weighted
    suffix = SUFFIX if condition == "another" else ""
    episodes, shortest = decoded.table.episode, decoded.shortest
    angles = angular_errors(seen, wanted, shortest=shortest)
    lengths = (np.linalg.norm(seen, axis=1), np.linalg.norm(wanted, axis=1))
    measured = (
        mean_metric(ANGLE + suffix, angles, episodes, params),
        mean_metric(COSINE + suffix, cosines(seen, wanted, shortest=shortest), episodes, params),
        drawn_share(SHARE + suffix, seen, wanted, episodes, params),
        ratio_metric(LENGTH + suffix, *lengths, episodes, params),
    )
    return {metric.name.removesuffix(SUFFIX): metric for metric in measured}
