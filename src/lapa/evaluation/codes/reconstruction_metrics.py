"""What one quantiser redraws of held-out pairs: PSNR under every condition, beside copying frame t."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.bottleneck import (
    CONDITIONS,
    PairErrors,
    gain_interval,
    psnr_interval,
)
from lapa.params.evaluation import EvaluationParams
from lapa.records import Metric

GAIN, GAIN_SHUFFLED, DEPENDENCE = "psnr_gain_over_copy", "psnr_gain_shuffled", "code_dependence"
DEPENDENCE_DB = 0.1
"""A smaller loss by shuffling the codes counts as "the decoder does not use them"."""
GAINS = {"right": GAIN, "shuffled": GAIN_SHUFFLED, "constant": "psnr_gain_constant"}
"""Condition -> the gain over copying under it."""


def reconstruction_metrics(
    errors: PairErrors, episodes: NDArray[np.int64], params: EvaluationParams
) -> tuple[Metric, ...]:
    """PSNR, and its gain over copying under every condition; ``n`` counts episodes.

    Args:
        errors: of some pairs.
        episodes: ``(sample,)``: of the same pairs.
        params: bootstrap draws and their seed.
    """
    sampling = {"resamples": params.probe.resamples, "seed": params.seed}
    copy, count = errors["copy"], len(np.unique(episodes))
    intervals = {
        "psnr": psnr_interval(errors["right"], episodes, **sampling),
        "psnr_copy": psnr_interval(copy, episodes, **sampling),
    }
    for condition in CONDITIONS[:-1]:
        intervals[GAINS[condition]] = gain_interval(errors[condition], copy, episodes, **sampling)
    intervals[DEPENDENCE] = gain_interval(errors["right"], errors["shuffled"], episodes, **sampling)
    return tuple(interval.metric(name, n=count) for name, interval in intervals.items())
