"""Whole episodes are drawn, and a null holds what has no relation."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.evaluation.statistics.any_statistic import null_metric, rows_interval
from lapa.evaluation.statistics.episode_bootstrap import episode_interval


def test_a_mean_has_the_interval_of_the_bootstrap_by_sums() -> None:
    rng = np.random.default_rng(0)
    episodes = np.repeat(np.arange(40), 7)
    values = rng.normal(size=40)[episodes] + rng.normal(size=280) / 4
    ours = rows_interval(lambda rows: float(values[rows].mean()), episodes, resamples=2000, seed=1)
    sums = episode_interval(
        lambda s: s[..., 1] / s[..., 0], (values,), episodes, resamples=2000, seed=1
    )
    assert ours.value == pytest.approx(sums.value)
    assert ours.low is not None
    assert sums.low is not None
    assert ours.high is not None
    assert sums.high is not None
    np.testing.assert_allclose([ours.low, ours.high], [sums.low, sums.high], atol=0.03)


def test_few_episodes_have_no_interval() -> None:
    few = rows_interval(lambda rows: float(len(rows)), np.arange(5), resamples=10, seed=0)
    assert (few.value, few.low, few.high) == (5.0, None, None)


def test_a_null_is_the_middle_of_what_permuting_gives() -> None:
    null = null_metric("x", lambda rng: float(rng.normal()), draws=4000, seed=0)
    assert null.low is not None
    assert null.high is not None
    np.testing.assert_allclose([null.value, null.low, null.high], [0, -1.96, 1.96], atol=0.12)
