"""How far one motion points away from another, in degrees; and how much of it is there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.statistics.episode_bootstrap import Sums, episode_interval
from lapa.params.evaluation import EvaluationParams
from lapa.records import Metric

NO_DIRECTION = 90.0
"""Error of a picture that (nearly) stands still: as bad as a direction by chance, and no better."""
Vectors = NDArray[np.floating]
"""``(pair, 2)``: right and down, fractions of the image's width."""


def cosines(seen: Vectors, wanted: Vectors, *, shortest: float) -> NDArray[np.float64]:
    """Cosine of the angle between two motions ``(pair,)``; 0 where one is shorter than ``shortest``."""
    one, two = seen.astype(np.float64), wanted.astype(np.float64)
    lengths = np.linalg.norm(one, axis=1), np.linalg.norm(two, axis=1)
    product = lengths[0] * lengths[1]
    known = np.minimum(*lengths) >= shortest
    cosine = np.divide((one * two).sum(axis=1), product, out=np.zeros(len(one)), where=known)
    return np.asarray(np.clip(cosine, -1, 1), np.float64)


def angular_errors(seen: Vectors, wanted: Vectors, *, shortest: float) -> NDArray[np.float64]:
    """Angle between two motions ``(pair,)`` in degrees, [0, 180]; `NO_DIRECTION` where one is too short."""
    return np.degrees(np.arccos(cosines(seen, wanted, shortest=shortest)))


def mean_metric(
    name: str, values: NDArray[np.floating], episodes: NDArray[np.int64], params: EvaluationParams
) -> Metric:
    """Mean over pairs with its interval over episodes; ``n`` counts episodes."""
    return _metric(name, _mean, (values,), episodes, params)


def ratio_metric(
    name: str,
    above: NDArray[np.floating],
    below: NDArray[np.floating],
    episodes: NDArray[np.int64],
    params: EvaluationParams,
) -> Metric:
    """Ratio of two sums over pairs with its interval over episodes."""
    return _metric(name, _ratio, (above, below), episodes, params)


def drawn_share(
    name: str,
    seen: Vectors,
    wanted: Vectors,
    episodes: NDArray[np.int64],
    params: EvaluationParams,
) -> Metric:
    """How much of the wanted motion is there, along its own direction: Σ⟨seen, wanted⟩ / Σ|wanted|².

    1 for all of it, 0 for motion in directions of its own, below 0 for the opposite.
    """
    one, two = seen.astype(np.float64), wanted.astype(np.float64)
    return ratio_metric(name, (one * two).sum(axis=1), (two**2).sum(axis=1), episodes, params)


def _metric(name, statistic, columns, episodes, params) -> Metric:  # type: ignore[no-untyped-def]
    sampling = {"resamples": params.probe.resamples, "seed": params.seed}
    interval = episode_interval(statistic, columns, episodes, **sampling)
    return interval.metric(name, n=len(np.unique(episodes)))


def _mean(sums: Sums) -> NDArray[np.float64]:
    return np.asarray(sums[..., 1] / sums[..., 0])


def _ratio(sums: Sums) -> NDArray[np.float64]:
    return np.asarray(sums[..., 1] / np.maximum(sums[..., 2], 1e-12))
