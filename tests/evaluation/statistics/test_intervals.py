from __future__ import annotations

import numpy as np
import pytest

from lapa.evaluation.statistics.episode_bootstrap import MIN_EPISODES, episode_interval
from lapa.evaluation.statistics.intervals import paired_difference, success_rate, wilson_interval


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_wilson_matches_published_values(successes: int, n: int, low: float, high: float) -> None:
    assert wilson_interval(successes, n) == pytest.approx((low, high), abs=1e-4)


def test_wilson_covers_as_often_as_promised() -> None:
    generator = np.random.default_rng(0)
    draws = generator.binomial(50, 0.2, 2000)
    covered = [low <= 0.2 <= high for low, high in (wilson_interval(int(k), 50) for k in draws)]
    assert 0.93 < np.mean(covered) < 0.98


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (3, 2), (-1, 5)])
def test_impossible_counts_are_refused(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="expected 0 to n"):
        wilson_interval(successes, n)


def test_success_rate_is_a_metric() -> None:
    metric = success_rate("reach", [True, True, False, True])
    assert (metric.value, metric.n) == (0.75, 4)
    assert metric.low < 0.75 < metric.high


def test_pairing_narrows_the_interval() -> None:
    generator = np.random.default_rng(1)
    hard = generator.random(200)
    first, second = hard < 0.6, hard < 0.5
    paired = paired_difference("gain", first, second)
    unpaired = paired_difference("gain", first, generator.permutation(second))
    assert paired.value == pytest.approx(unpaired.value)
    assert paired.low > 0
    assert paired.high - paired.low < 0.6 * (unpaired.high - unpaired.low)
    assert paired_difference("gain", first, second) == paired


def test_unequal_arms_are_refused() -> None:
    with pytest.raises(ValueError, match="expected the same"):
        paired_difference("gain", [True], [True, False])


def test_few_pairs_give_a_difference_and_no_interval() -> None:
    difference = paired_difference("gain", [True] * 5, [False] * 5)
    assert (difference.value, difference.low, difference.high, difference.n) == (1.0, None, None, 5)


@pytest.mark.parametrize("count", [1, 2, 5])
def test_frames_of_few_episodes_give_a_value_and_no_interval(count: int) -> None:
    episodes = np.repeat(np.arange(count), 100)
    values = np.random.default_rng(0).normal(size=len(episodes))
    interval = episode_interval(_mean, (values,), episodes, resamples=50, seed=0)
    assert interval.value == pytest.approx(values.mean())
    assert (interval.low, interval.high) == (None, None)


def test_enough_episodes_give_an_interval() -> None:
    episodes = np.repeat(np.arange(MIN_EPISODES), 100)
    values = np.random.default_rng(0).normal(size=len(episodes))
    interval = episode_interval(_mean, (values,), episodes, resamples=200, seed=0)
    assert interval.low < interval.value < interval.high


def _mean(sums: np.ndarray) -> np.ndarray:
    return sums[..., 1] / sums[..., 0]
