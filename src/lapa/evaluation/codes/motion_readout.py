"""How far, or whereto? What the latents tell of length and of direction of the motion (requirement V11)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.probes import out_of_fold
from lapa.evaluation.statistics.episode_bootstrap import Sums, episode_interval
from lapa.params.evaluation import EvaluationParams
from lapa.records import Metric

LENGTH, DIRECTION = "readout/log_length", "readout/direction"
Features = NDArray[np.float32]


def read_motion(
    features: Features,
    motion: NDArray[np.floating],
    episodes: NDArray[np.int64],
    params: EvaluationParams,
    *,
    suffix: str = "",
) -> tuple[Metric, Metric]:
    """R² of linear probes for the logarithm of the length and for the direction, on unseen episodes.

    The direction is the unit vector (cos, sin); its R² pools both. One that is read without its length, and
    the other way round, shows what the latents are about.

    Args:
        features: ``(pair, feature)``.
        motion: ``(pair, 2)``, none of length zero.
        episodes: ``(pair,)``.
        params: folds, penalties, bootstrap draws.
        suffix: of the names.

    Raises:
        CannotMeasureError: too few episodes or pairs.
    """
    wanted = motion.astype(np.float64)
    length = np.linalg.norm(wanted, axis=1, keepdims=True)
    return (
        _r2(LENGTH + suffix, features, np.log(length), episodes, params),
        _r2(DIRECTION + suffix, features, wanted / length, episodes, params),
    )


def at_least_the_mean(control: Metric) -> Metric:
    """A control whose probe is worse than the mean (R² below 0) is no opponent: then 0 is to be beaten."""
    high = None if control.high is None else max(control.high, 0.0)
    return control.model_copy(update={"value": max(control.value, 0.0), "high": high})


def _r2(
    name: str,
    features: Features,
    targets: NDArray[np.float64],
    episodes: NDArray[np.int64],
    params: EvaluationParams,
) -> Metric:
    predicted = out_of_fold(
        features, targets, episodes, kind="linear", params=params.probe, seed=params.seed
    )
    residual = ((targets - predicted) ** 2).sum(axis=1)
    columns = (residual, (targets**2).sum(axis=1), *targets.T)
    interval = episode_interval(
        _pooled_r2, columns, episodes, resamples=params.probe.resamples, seed=params.seed
    )
    return interval.metric(name, n=len(np.unique(episodes)))


def _pooled_r2(sums: Sums) -> NDArray[np.float64]:
    """1 - Σ residual² / Σ deviation² over all dimensions of the target; count and residual come first."""
    count, residual, squares = (sums[..., i] for i in range(3))
    spread = squares - (sums[..., 3:] ** 2).sum(axis=-1) / count
    return np.asarray(1 - residual / np.maximum(spread, 1e-12))
