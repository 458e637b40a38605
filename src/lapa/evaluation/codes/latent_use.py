"""The "latent unused" detector: what of a good prediction needs the codes at all (requirement V12)."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.bottleneck import PairErrors, gain_interval
from lapa.evaluation.codes.motion_angle import ratio_metric
from lapa.evaluation.codes.reconstruction_metrics import DEPENDENCE_DB
from lapa.params.evaluation import EvaluationParams
from lapa.records import Metric

SHARE = "latent_share"
Use = Literal["used", "leak", "unused", "unclear"]
"""``leak``: the codes do nothing, yet t+H is predicted; ``unused``: they do nothing, and it is not."""


def latent_share(
    errors: PairErrors, episodes: NDArray[np.int64], params: EvaluationParams
) -> Metric:
    """Share of the error with the commonest code (the mean vector) that the right codes take away.

    1 - Σ error(right) / Σ error(constant): 0 where codes change nothing, below 0 where they harm.

    Args:
        errors: of every pair under every condition.
        episodes: ``(pair,)``.
        params: bootstrap draws and their seed.
    """
    left = ratio_metric(SHARE, errors["right"], errors["constant"], episodes, params)
    low, high = left.low, left.high
    return Metric(
        name=SHARE,
        value=1 - left.value,
        low=None if high is None else 1 - high,
        high=None if low is None else 1 - low,
        n=left.n,
    )


def use_of_latents(
    errors: PairErrors, episodes: NDArray[np.int64], params: EvaluationParams
) -> Use:
    """Judge whether the decoder uses the codes, and where it does not whether it predicts without them.

    Predicting without them means that t+H leaks to the decoder past the codes, or that it learnt the scene by
    heart: with the commonest code it is better than copying frame t by more than the interval.
    """
    sampling = {"resamples": params.probe.resamples, "seed": params.seed}
    cost = gain_interval(errors["right"], errors["shuffled"], episodes, **sampling)
    constant = gain_interval(errors["constant"], errors["copy"], episodes, **sampling)
    if cost.low is None or cost.high is None or constant.low is None:
        return "unclear"
    if cost.low > DEPENDENCE_DB:
        return "used"
    if cost.high > DEPENDENCE_DB:
        return "unclear"
    return "leak" if constant.low > 0 else "unused"
