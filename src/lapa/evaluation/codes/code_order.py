"""Is the order of the codes used? Positions reversed and exchanged (requirement V11)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lapa.evaluation.codes.bottleneck import gain_interval
from lapa.evaluation.codes.decoded_pairs import Condition, DecodedPairs
from lapa.evaluation.codes.motion_angle import angular_errors, mean_metric
from lapa.params.evaluation import EvaluationParams
from lapa.records import Metric

CHANGED: Mapping[Condition, str] = {
    "reversed": "last position first",
    "permuted": "positions exchanged at random",
    "another": "another pair's codes",
}
"""What is done to the sequence, in words; the last one loses everything."""


def order_metrics(
    decoded: DecodedPairs, arm: str, params: EvaluationParams
) -> dict[Condition, tuple[Metric, Metric]]:
    """What a change of order costs.

    Returns:
        By condition: the cost in dB of PSNR, and the angle in degrees between the motion drawn with the own
        sequence and with the changed one.

    Raises:
        CannotMeasureError: there is one code a pair.
    """
    own, episodes = decoded.by(arm, "own"), decoded.table.episode
    sampling = {"resamples": params.probe.resamples, "seed": params.seed}
    measured: dict[Condition, tuple[Metric, Metric]] = {}
    for condition in CHANGED:
        changed = decoded.by(arm, condition)
        cost = gain_interval(own.error, changed.error, episodes, **sampling)
        turn = angular_errors(
            changed.motion.weighted, own.motion.weighted, shortest=decoded.shortest
        )
        measured[condition] = (
            cost.metric(f"order/cost_{condition}", n=len(np.unique(episodes))),
            mean_metric(f"order/turn_{condition}", turn, episodes, params),
        )
    return measured
