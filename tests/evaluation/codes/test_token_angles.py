"""Circular statistics of directions that are known."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.evaluation.codes.token_angles import concentration, rayleigh_p, token_angles


def unit(angle: np.ndarray) -> np.ndarray:
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def test_a_code_that_points_down_has_direction_90_and_much_concentration() -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(2, size=(400, 1))
    angle = np.where(
        codes[:, 0] == 0, np.pi / 2 + 0.1 * rng.normal(size=400), rng.uniform(-np.pi, np.pi, 400)
    )
    down, any_way = token_angles(codes, np.full(400, "a"), unit(angle))
    assert (down.dataset, down.position, down.code) == ("a", 0, 0)
    assert down.direction == pytest.approx(90, abs=3)
    assert down.resultant == pytest.approx(np.exp(-(0.1**2) / 2), abs=0.01)  # wrapped normal
    assert down.rayleigh_p < 1e-6
    assert any_way.rayleigh_p > 0.01
    weighted = (down.count * down.resultant + any_way.count * any_way.resultant) / 400
    assert concentration(codes, unit(angle), tokens=2) == pytest.approx([weighted])


def test_rayleigh_rejects_five_percent_of_directions_without_preference() -> None:
    rng = np.random.default_rng(0)
    lengths = np.linalg.norm(
        unit(rng.uniform(-np.pi, np.pi, 40_000)).reshape(2000, 20, 2).mean(axis=1), axis=1
    )
    rejected = np.mean([rayleigh_p(length, 20) < 0.05 for length in lengths])
    assert rejected == pytest.approx(0.05, abs=0.015)


def test_rare_codes_have_no_direction() -> None:
    codes = np.array([[0]] * 9 + [[1]] * 10)
    measured = token_angles(codes, np.full(19, "a"), unit(np.zeros(19)))
    assert [of_one.code for of_one in measured] == [1]
