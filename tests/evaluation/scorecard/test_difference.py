"""Paired intervals are those of differences, and say so; without the same episodes they are wider."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.evaluation.scorecard.difference import difference
from lapa.evaluation.statistics.any_statistic import rows_interval
from lapa.evaluation.statistics.episode_bootstrap import episode_interval
from lapa.evaluation.statistics.episode_jackknife import jackknife_interval
from lapa.evaluation.statistics.resampled import resamples_of
from lapa.records import Metric

N, PAIRS = 40, 5
EPISODES = np.repeat(np.arange(N), PAIRS)


def measured(values: np.ndarray, how: str, *, seed: int = 0) -> Metric:
    def mean(rows: np.ndarray) -> float:
        return float(values[rows].mean())

    if how == "rows":
        interval = rows_interval(mean, EPISODES, resamples=400, seed=seed)
    elif how == "jackknife":
        interval = jackknife_interval(mean, EPISODES)
    else:
        interval = episode_interval(
            lambda sums: sums[..., 1] / sums[..., 0], (values,), EPISODES, resamples=400, seed=seed
        )
    return interval.metric("mean", n=N)


def hard_and_easy_scenes(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Two checkpoints that differ by 0.2; scenes differ by far more, alike for both."""
    rng = np.random.default_rng(seed)
    scene = np.repeat(rng.normal(0, 3, N), PAIRS)
    return scene + 0.2 + rng.normal(0, 0.2, N * PAIRS), scene + rng.normal(0, 0.2, N * PAIRS)


@pytest.mark.parametrize("how", ["rows", "sums", "jackknife"])
def test_pairing_sees_what_scenes_hide(how: str) -> None:
    first, second = (measured(values, how) for values in hard_and_easy_scenes(0))
    paired = difference(first, second, (resamples_of(first), resamples_of(second)))
    apart = difference(first, second, (None, None))
    assert paired.is_paired
    assert not apart.is_paired
    assert paired.metric.value == pytest.approx(0.2, abs=0.05)
    assert paired.metric.low is not None
    assert 0 < paired.metric.low < paired.metric.value < paired.metric.high < 0.4
    assert apart.metric.low < 0 < apart.metric.high
    assert paired.is_better("higher") is True
    assert paired.is_better("lower") is False
    assert apart.is_better("higher") is None


def test_a_pair_of_equals_is_rarely_told_apart() -> None:
    alarms = 0
    for seed in range(100):
        first, second = hard_and_easy_scenes(seed)
        one, two = measured(first - 0.2, "sums"), measured(second, "sums")
        told = difference(one, two, (resamples_of(one), resamples_of(two)))
        alarms += told.is_better("higher") is not None
    assert alarms <= 12  # 5 % of 100, and chance


def test_other_draws_are_not_paired() -> None:
    values, others = hard_and_easy_scenes(0)
    one, two = measured(values, "sums"), measured(others, "sums", seed=1)
    assert not difference(one, two, (resamples_of(one), resamples_of(two))).is_paired
    rows = measured(others, "rows")
    assert not difference(one, rows, (resamples_of(one), resamples_of(rows))).is_paired


def test_without_an_interval_there_is_no_verdict() -> None:
    bare = Metric(name="mean", value=1.0)
    apart = difference(bare, measured(np.zeros(N * PAIRS), "sums"), (None, None))
    assert apart.metric.value == 1.0
    assert apart.metric.low is None
    assert apart.is_better("higher") is None
