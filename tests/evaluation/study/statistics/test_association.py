"""Rank correlation: its interval, and when nothing may be claimed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lapa.evaluation.study.statistics.association import MIN_MODELS, spearman


def test_an_order_that_agrees_is_one_and_its_interval_leaves_out_zero() -> None:
    correlation = spearman([1, 2, 3, 4, 5, 6, 7], [0.1, 0.2, 0.3, 0.5, 0.6, 0.8, 0.9])
    assert correlation.value == pytest.approx(1.0)
    assert correlation.is_positive


def test_under_six_models_there_is_no_claim() -> None:
    correlation = spearman(range(MIN_MODELS - 1), range(MIN_MODELS - 1))
    assert correlation.value == pytest.approx(1.0)
    assert correlation.low is None
    assert "too few" in correlation.reason


@pytest.mark.parametrize("pair", [([1, 2], [1, 2]), ([1, 1, 1, 1, 1, 1], [1, 2, 3, 4, 5, 6])])
def test_what_has_no_order_has_no_correlation(pair: tuple[list[float], list[float]]) -> None:
    correlation = spearman(*pair)
    assert math.isnan(correlation.value)
    assert correlation.reason


def test_unrelated_figures_seldom_seem_related() -> None:
    random = np.random.default_rng(0)
    pairs = [spearman(*random.random((2, 12)).tolist()) for _ in range(400)]
    claims = np.mean([pair.is_positive or pair.is_negative for pair in pairs])
    assert claims < 0.08
