"""Leaving out episodes gives the interval of theory, and of mutual information one that is not too high."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from lapa.evaluation.statistics.any_statistic import rows_interval
from lapa.evaluation.statistics.episode_jackknife import jackknife_interval


def test_of_a_mean_it_is_the_interval_of_student() -> None:
    values = np.random.default_rng(0).normal(size=12)
    interval = jackknife_interval(lambda rows: float(values[rows].mean()), np.arange(12))
    reach = 2.201 * values.std(ddof=1) / np.sqrt(12)  # t with 11 degrees of freedom
    assert interval.low == pytest.approx(values.mean() - reach, abs=1e-4)
    assert interval.high == pytest.approx(values.mean() + reach, abs=1e-4)


def test_chance_is_not_taken_for_information_as_a_bootstrap_does() -> None:
    rng = np.random.default_rng(0)
    one, other, episodes = (
        rng.integers(16, size=(2, 300)),
        rng.integers(8, size=300),
        np.arange(300) // 10,
    )

    def bits(rows: np.ndarray) -> float:
        return float(mutual_info_score(one[0][rows], other[rows]))

    jackknife = jackknife_interval(bits, episodes)
    bootstrap = rows_interval(bits, episodes, resamples=50, seed=0)
    assert jackknife.low is not None
    assert bootstrap.low is not None
    assert jackknife.low < jackknife.value < bootstrap.low


def test_too_few_episodes_or_a_statistic_that_needs_all_give_no_interval() -> None:
    few = jackknife_interval(lambda rows: float(len(rows)), np.arange(5))
    needs_all = jackknife_interval(
        lambda rows: 1.0 if len(rows) == 8 else float("nan"), np.arange(8)
    )
    assert (few.low, needs_all.low, needs_all.value) == (None, None, 1.0)
