"""Variance components of made-up effects, and the seeds that a difference needs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lapa.evaluation.study.statistics.grid import Grid
from lapa.evaluation.study.statistics.power import MOST, seeds_needed
from lapa.evaluation.study.statistics.spread import Spread, spread

SPREAD = Spread(
    between_seeds=0.06,
    between_subsets=0.0,
    rest=0.0,
    subsets=3,
    worst_seed=(0, 0.4),
    best_seed=(1, 0.6),
)


def effects(seeds: float, subsets: float, rest: float, shape: tuple[int, int]) -> Grid:
    random = np.random.default_rng(0)
    means = (
        0.5
        + random.normal(0, seeds, (shape[0], 1))
        + random.normal(0, subsets, (1, shape[1]))
        + random.normal(0, rest, shape)
    )
    return Grid(
        values=means[..., None], seeds=tuple(range(shape[0])), subsets=tuple(range(shape[1]))
    )


def test_components_are_told_apart_where_there_are_many_cells() -> None:
    parts = spread(effects(0.3, 0.1, 0.05, (300, 200)))
    assert parts is not None
    assert parts.between_seeds == pytest.approx(0.3, rel=0.1)
    assert parts.between_subsets == pytest.approx(0.1, rel=0.15)
    assert parts.rest == pytest.approx(0.05, rel=0.05)


def test_the_extreme_seeds_are_named() -> None:
    grid = effects(0.3, 0.0, 0.0, (4, 2))
    parts = spread(replace(grid, seeds=(3, 5, 7, 9)))
    assert parts is not None
    means = grid.cell_means.mean(axis=1)
    assert parts.worst_seed == ((3, 5, 7, 9)[int(means.argmin())], pytest.approx(means.min()))
    assert parts.best_seed == ((3, 5, 7, 9)[int(means.argmax())], pytest.approx(means.max()))


def test_without_two_seeds_or_with_a_hole_there_are_no_components() -> None:
    assert spread(effects(0.1, 0.1, 0.1, (1, 3))) is None
    grid = effects(0.1, 0.1, 0.1, (3, 3))
    grid.values[0, 0] = np.nan
    assert spread(grid) is None


def test_seeds_agree_with_the_published_table() -> None:
    """A paired t test sees an effect of .8 standard deviations with 80 % power from 15 pairs (Cohen 1988)."""
    assert seeds_needed(0.8 * 0.06, SPREAD) == 15
    assert seeds_needed(-0.8 * 0.06, SPREAD) == 15


def test_smaller_differences_need_more_seeds_and_subsets_save_some() -> None:
    counts = [seeds_needed(difference, SPREAD) for difference in (0.2, 0.1, 0.05)]
    assert counts == sorted(counts, key=lambda count: count or MOST)
    noisy = replace(SPREAD, between_subsets=0.2)
    fewer = seeds_needed(0.1, replace(noisy, subsets=9))
    more = seeds_needed(0.1, noisy)
    assert fewer is not None
    assert more is not None
    assert fewer < more


def test_what_no_number_of_seeds_shows() -> None:
    assert seeds_needed(1e-5, SPREAD) is None
    with pytest.raises(ValueError, match="difference of 0"):
        seeds_needed(0.0, SPREAD)
