"""What one quantiser redraws of held-out pairs: PSNR under every condition, beside copying frame t."""

from __future__ import annotations

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.bottleneck import (
    CONDITIONS,
    gain_interval,
    psnr_interval,
    reconstruction_errors,
)
from lapa.evaluation.codes.latent_samples import HeldOutPairs, LatentSamples
from lapa.models.laq import LatentActionQuantizer
from lapa.params.evaluation import EvaluationParams
from lapa.records import Metric

GAIN, GAIN_SHUFFLED, DEPENDENCE = "psnr_gain_over_copy", "psnr_gain_shuffled", "code_dependence"
GAINS = {"right": GAIN, "shuffled": GAIN_SHUFFLED, "constant": "psnr_gain_constant"}
"""Condition -> the gain over copying under it."""


def reconstruction_metrics(
    laq: LatentActionQuantizer,
    pairs: HeldOutPairs,
    samples: LatentSamples,
    params: EvaluationParams,
) -> tuple[Metric, ...]:
    """PSNR, and its gain over copying under every condition; ``n`` counts episodes.

    Raises:
        CannotMeasureError: there is one pair, so there is no other pair to shuffle with.
    """
    if len(pairs) < 2:
        raise CannotMeasureError(
            f"there is {len(pairs)} held-out pair, expected at least 2; hold out more"
        )
    errors = reconstruction_errors(
        laq, pairs, samples, batch_size=params.batch_size, seed=params.seed
    )
    sampling = {"resamples": params.probe.resamples, "seed": params.seed}
    copy, episodes = errors["copy"], pairs.episodes
    intervals = {
        "psnr": psnr_interval(errors["right"], episodes, **sampling),
        "psnr_copy": psnr_interval(copy, episodes, **sampling),
    }
    for condition in CONDITIONS[:-1]:
        intervals[GAINS[condition]] = gain_interval(errors[condition], copy, episodes, **sampling)
    intervals[DEPENDENCE] = gain_interval(errors["right"], errors["shuffled"], episodes, **sampling)
    return tuple(
        interval.metric(name, n=pairs.num_episodes) for name, interval in intervals.items()
    )
