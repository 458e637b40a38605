"""Associations of codes whose meaning is known."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.evaluation.codes.associations import associations, eta_squared


def test_a_code_that_is_the_octile_carries_three_bits() -> None:
    rng = np.random.default_rng(0)
    codes = np.stack([np.repeat(np.arange(8), 500), rng.integers(8, size=4000)], axis=1)
    actions = (codes[:, :1] + 0.01 * rng.random((4000, 1))).astype(np.float32)
    measured = {a.token: a for a in associations(codes, actions, ("dx",), seed=0)}
    assert measured["code 0"].mutual_information == pytest.approx(3.0, abs=0.01)
    assert measured["code 0"].null < 0.03
    assert measured["code 0"].eta_squared > 0.99
    assert measured["code 1"].mutual_information < 0.03
    assert abs(measured["code 1"].eta_squared) < 0.01


def test_eta_squared_is_zero_by_chance_even_with_many_tokens() -> None:
    rng = np.random.default_rng(0)
    drawn = [eta_squared(rng.integers(100, size=300), rng.normal(size=300)) for _ in range(50)]
    assert abs(np.mean(drawn)) < 0.03
