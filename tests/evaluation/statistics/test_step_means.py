"""Means and deviations over steps, with intervals over episodes."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.evaluation.statistics.episode_bootstrap import episode_interval
from lapa.evaluation.statistics.step_means import episode_sums, step_deviations, step_means

RNG = np.random.default_rng(0)
STEPS = tuple(RNG.integers(3, 9, 12).tolist())
GROUP = np.repeat(np.arange(12), STEPS)
VALUES = RNG.normal(size=(len(GROUP), 2)) + GROUP[:, None]


def test_means_and_deviations_are_those_of_all_steps() -> None:
    sums, squares = episode_sums(VALUES, GROUP), episode_sums(VALUES**2, GROUP)
    means = step_means(list(sums.T), STEPS, resamples=50, seed=0)
    assert [m.value for m in means] == pytest.approx(VALUES.mean(axis=0).tolist())
    spread = step_deviations(list(sums.T), list(squares.T), STEPS, resamples=50, seed=0)
    assert [s.value for s in spread] == pytest.approx(VALUES.std(axis=0).tolist())
    for interval in (*means, *spread):
        assert interval.low is not None
        assert interval.high is not None
        assert interval.low < interval.value < interval.high


def test_intervals_are_those_of_one_column_alone() -> None:
    sums = episode_sums(VALUES, GROUP)
    _, second = step_means(list(sums.T), STEPS, resamples=80, seed=3)
    columns = (sums[:, 1], np.array(STEPS, dtype=np.float64))
    alone = episode_interval(
        lambda s: s[..., 1] / s[..., 2], columns, np.arange(12), resamples=80, seed=3
    )
    assert (second.low, second.high) == pytest.approx((alone.low, alone.high))


def test_few_episodes_have_no_interval() -> None:
    (mean,) = step_means([np.array([1.0, 2.0])], (1, 1), resamples=50, seed=0)
    assert (mean.value, mean.low, mean.high) == (1.5, None, None)
