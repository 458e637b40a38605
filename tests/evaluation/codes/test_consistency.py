"""Both variances, and what consistency means, against differences of single pairs."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.evaluation.codes.compass_agreement import centered, compass_agreement
from lapa.evaluation.codes.consistency import consistency, spread
from lapa.evaluation.codes.token_moments import token_moments


def two_datasets(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Codes ``(pair, 1)``, dataset and a motion that goes with both."""
    codes, group = rng.integers(3, size=(400, 1)), rng.integers(2, size=400)
    values = (codes - 1.0) * (1 + group[:, None]) + rng.normal(size=(400, 1))
    return codes, group, values


def test_the_two_variances_are_those_of_the_requirement() -> None:
    codes, group, values = two_datasets(np.random.default_rng(0))
    of_all = spread(token_moments(codes, group, values, tokens=3, groups=2))
    for token in range(3):
        parts = [values[(codes[:, 0] == token) & (group == g), 0] for g in (0, 1)]
        within = np.mean([part.var() for part in parts])
        between = np.var([part.mean() for part in parts], ddof=1)
        assert of_all.within[0, token] == pytest.approx(within)
        assert of_all.between[0, token] == pytest.approx(between)
        assert of_all.ratio[0, token] == pytest.approx(within / between)
        assert of_all.pairs[0, token] == sum(map(len, parts))


def test_consistency_compares_pairs_of_different_datasets() -> None:
    codes, group, values = two_datasets(np.random.default_rng(1))
    squared = (values[group == 0] - values[group == 1].T) ** 2
    same = codes[group == 0] == codes[group == 1].T
    first = codes[group == 0, 0]
    of_token = [squared[first == t][:, same[first == t][0]].mean() for t in range(3)]
    weights = np.bincount(codes[:, 0])
    expected = 1 - np.average(of_token, weights=weights) / squared.mean()
    measured, told_inside = consistency(codes, group, values, tokens=3, groups=2)
    assert measured == pytest.approx([expected])
    assert told_inside[0] > 0.3


def test_a_token_with_nine_pairs_in_a_dataset_does_not_count() -> None:
    codes = np.zeros((29, 1), np.int64)
    group = np.repeat([0, 1], [20, 9])
    values = np.random.default_rng(0).normal(size=(29, 1))
    measured, _ = consistency(codes, group, values, tokens=1, groups=2)
    assert np.isnan(measured).all()


def test_directions_agree_or_are_mirrored_whatever_their_length() -> None:
    rng = np.random.default_rng(0)
    codes, group = rng.integers(4, size=(400, 1)), rng.integers(2, size=400)
    angle = codes[:, 0] * np.pi / 2
    motion = np.stack([np.cos(angle), np.sin(angle)], axis=1) * (1 + 9 * group[:, None])
    agreement = compass_agreement(codes, group, motion, tokens=4, groups=2)
    assert agreement == pytest.approx(1)
    mirrored = motion * np.where(group == 0, 1, -1)[:, None]
    assert compass_agreement(codes, group, mirrored, tokens=4, groups=2) == pytest.approx(-1)


def test_a_drift_of_all_codes_is_agreement_only_until_it_is_taken_away() -> None:
    rng = np.random.default_rng(0)
    codes, group = rng.integers(4, size=(800, 1)), rng.integers(2, size=800)
    motion = np.array([1.0, 0.0]) + 0.1 * rng.normal(size=(800, 2))
    assert compass_agreement(codes, group, motion, tokens=4, groups=2) > 0.99
    without = centered(motion, group)
    assert abs(compass_agreement(codes, group, without, tokens=4, groups=2)) < 0.95
    np.testing.assert_allclose(without[group == 1].mean(axis=0), 0, atol=1e-12)
