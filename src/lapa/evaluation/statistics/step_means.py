"""Means over the steps of episodes, with intervals over the episodes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.statistics.episode_bootstrap import Interval, Sums, intervals_of_sums


def step_means(
    columns: Sequence[NDArray[np.float64]], steps: Sequence[int], *, resamples: int, seed: int
) -> list[Interval]:
    """Mean over all steps of every column, each episode weighted by its steps.

    Args:
        columns: ``(episode,)`` each: sums over the steps of each episode.
        steps: of each episode.
        resamples: bootstrap draws of episodes.
        seed: of the draws.
    """
    sums = np.stack([np.array(steps, dtype=np.float64), *columns], axis=-1)
    return intervals_of_sums(_per_step, sums, resamples=resamples, seed=seed)


def step_deviations(
    columns: Sequence[NDArray[np.float64]],
    squares: Sequence[NDArray[np.float64]],
    steps: Sequence[int],
    *,
    resamples: int,
    seed: int,
) -> list[Interval]:
    """Standard deviation over all steps, from sums and sums of squares by episode."""
    sums = np.stack([np.array(steps, dtype=np.float64), *columns, *squares], axis=-1)
    return intervals_of_sums(_deviation, sums, resamples=resamples, seed=seed)


def episode_sums(values: NDArray[np.floating], group: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sum ``values (step, column)`` by episode: ``(episode, column)``.

    Args:
        values: of every step.
        group: ``(step,)``: episode of every step, numbered from 0 without gaps.
    """
    sums = np.zeros((int(group.max()) + 1, values.shape[1]))
    np.add.at(sums, group, values)
    return sums


def _per_step(sums: Sums) -> NDArray[np.float64]:
    return np.asarray(sums[..., 1:] / sums[..., :1])


def _deviation(sums: Sums) -> NDArray[np.float64]:
    means, squares = np.split(_per_step(sums), 2, axis=-1)
    return np.asarray(np.sqrt(np.maximum(squares - means**2, 0.0)))
