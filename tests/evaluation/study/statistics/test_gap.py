"""The share of the gap closed: right where it is known, absent where there is no gap."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lapa.evaluation.study.statistics.gap import gap_closed
from lapa.evaluation.study.statistics.grid import Grid


def arm(rate: float, *, seed: int, seeds: int = 3, scenes: int = 200) -> Grid:
    random = np.random.default_rng(seed)
    values = (random.random((seeds, 3, scenes)) < rate).astype(np.float64)
    return Grid(values=values, seeds=tuple(range(seeds)), subsets=(0, 1, 2), scenes=(1, scenes))


def test_an_arm_half_way_closes_half_the_gap() -> None:
    share = gap_closed(arm(0.5, seed=0), arm(0.1, seed=1), arm(0.9, seed=2))
    assert share is not None
    assert share.low is not None
    assert share.high is not None
    assert share.low < 0.5 < share.high
    assert share.high - share.low < 0.2
    assert share.value == pytest.approx(0.5, abs=0.05)


def test_the_ends_of_the_gap_close_all_and_none_of_it() -> None:
    lower, upper = arm(0.1, seed=1), arm(0.9, seed=2)
    all_of_it, none_of_it = gap_closed(upper, lower, upper), gap_closed(lower, lower, upper)
    assert all_of_it is not None
    assert none_of_it is not None
    assert (all_of_it.value, none_of_it.value) == (1.0, 0.0)
    assert none_of_it.low == pytest.approx(-(none_of_it.high or 0.0))
    assert (none_of_it.high or 0.0) > 0


def test_a_share_of_no_gap_is_not_said() -> None:
    share = gap_closed(arm(0.5, seed=0), arm(0.5, seed=1), arm(0.5, seed=2))
    assert share is not None
    assert math.isnan(share.value)
    assert (share.low, share.high) == (None, None)
    assert "not clearly above zero" in share.reason


def test_one_seed_gives_a_share_without_interval() -> None:
    share = gap_closed(*(arm(r, seed=n, seeds=1) for n, r in enumerate((0.5, 0.1, 0.9))))
    assert share is not None
    assert share.low is None
    assert share.value == pytest.approx(0.5, abs=0.1)


def test_arms_on_other_scenes_have_no_share() -> None:
    assert gap_closed(arm(0.5, seed=0), arm(0.1, seed=1, scenes=100), arm(0.9, seed=2)) is None


def test_fieller_holds_the_truth() -> None:
    """Seeds and subsets shift all of an arm's outcomes; the truth is one half."""
    random = np.random.default_rng(0)

    def shifted(mean: float) -> Grid:
        effects = random.normal(0, 0.06, (3, 1, 1)) + random.normal(0, 0.06, (1, 3, 1))
        values = mean + effects + random.normal(0, 0.3, (3, 3, 50))
        return Grid(values=values, seeds=(0, 1, 2), subsets=(0, 1, 2), scenes=(1, 50))

    shares = [gap_closed(shifted(0.5), shifted(0.0), shifted(1.0)) for _ in range(100)]
    ends = [(share.low, share.high) for share in shares if share is not None]
    held = [low < 0.5 < high for low, high in ends if low is not None and high is not None]
    assert len(held) > 90
    assert np.mean(held) > 0.9
