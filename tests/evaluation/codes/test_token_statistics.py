"""Token statistics on tokens whose meaning is known."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.evaluation.codes.compass import directions
from lapa.evaluation.codes.token_statistics import associations, code_usage, eta_squared


def test_usage_of_a_known_histogram() -> None:
    codes = np.array([[0, 1], [0, 1], [0, 2], [0, 2]])
    usage = code_usage(codes, codebook_size=4)
    assert usage.histogram.tolist() == [[4, 0, 0, 0], [0, 2, 2, 0]]
    assert usage.utilization == 0.75
    assert usage.perplexity == pytest.approx(2**1.5)
    assert usage.sequences == 2
    assert usage.sequence_entropy == pytest.approx(1.0)


def test_a_code_that_is_the_octile_carries_three_bits() -> None:
    rng = np.random.default_rng(0)
    codes = np.stack([np.repeat(np.arange(8), 500), rng.integers(8, size=4000)], axis=1)
    actions = (codes[:, :1] + 0.01 * rng.random((4000, 1))).astype(np.float32)
    found = {a.token: a for a in associations(codes, actions, ("dx",), seed=0)}
    assert found["code 0"].mutual_information == pytest.approx(3.0, abs=0.01)
    assert found["code 0"].null < 0.03
    assert found["code 0"].eta_squared > 0.99
    assert found["code 1"].mutual_information < 0.03
    assert abs(found["code 1"].eta_squared) < 0.01


def test_eta_squared_is_zero_by_chance_even_with_many_tokens() -> None:
    rng = np.random.default_rng(0)
    drawn = [eta_squared(rng.integers(100, size=300), rng.normal(size=300)) for _ in range(50)]
    assert abs(np.mean(drawn)) < 0.03


def test_compass_points_where_the_code_moves() -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(2, size=(400, 1))
    codes[:3] = 7
    motion = np.where(codes == 0, [[1.0, 0.0]], [[0.0, -2.0]]) + 0.1 * rng.normal(size=(400, 2))
    found = directions(codes, motion)
    assert [d.code for d in found] == [0, 1], "code 7 occurs three times: no direction"
    assert found[0].x == pytest.approx(1, abs=3 * found[0].radius)
    assert found[1].y == pytest.approx(-2, abs=3 * found[1].radius)
    assert found[0].radius == pytest.approx(1.96 * 0.1 / np.sqrt(found[0].count), rel=0.3)
