"""Intervals over seeds, subsets and scenes: by hand, at the edges, and whether they hold the truth."""

from __future__ import annotations

import numpy as np
import pytest
from interval_coverage import CASES, Case, difficulty, drawn, holds, repetitions, trials, truth
from scipy import stats

from lapa.evaluation.statistics.intervals import wilson_interval
from lapa.evaluation.study.statistics.bootstrap import bootstrap_estimate, bootstrap_means
from lapa.evaluation.study.statistics.crossed import estimate, margins, standard_error
from lapa.evaluation.study.statistics.grid import Grid


def grid(values: object) -> Grid:
    array = np.array(values, dtype=np.float64)
    return Grid(
        values=array, seeds=tuple(range(array.shape[0])), subsets=tuple(range(array.shape[1]))
    )


def test_only_seeds_differ_so_it_is_the_t_interval_of_their_means() -> None:
    """Three seeds with .2, .5, .8; the same for all subsets and scenes."""
    means = np.array([0.2, 0.5, 0.8])
    interval = estimate(grid(np.broadcast_to(means[:, None, None], (3, 3, 4))))
    low, high = stats.t.interval(0.95, 2, loc=0.5, scale=0.3 / np.sqrt(3))
    assert (interval.value, interval.low, interval.high) == pytest.approx((0.5, low, high))


def test_axes_that_differ_alike_share_their_degrees_of_freedom() -> None:
    axes = [np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 2.0])]
    error, degrees = standard_error(axes)
    assert float(error) == pytest.approx(np.sqrt(2 / 3))
    assert float(degrees) == pytest.approx(4.0)


def test_the_interval_ends_where_the_quantity_does() -> None:
    spread = np.broadcast_to(np.array([0.0, 0.5, 1.0])[:, None, None], (3, 3, 4))
    interval = estimate(grid(spread), bounds=(0.0, 1.0))
    assert (interval.low, interval.high) == (0.0, 1.0)


@pytest.mark.parametrize(("shape", "reason"), [((1, 3, 9), "seed"), ((3, 1, 9), "subset")])
def test_one_seed_or_subset_gives_no_interval_and_says_why(
    shape: tuple[int, int, int], reason: str
) -> None:
    for interval in (estimate(grid(np.ones(shape))), bootstrap_estimate(grid(np.ones(shape)))):
        assert (interval.value, interval.low, interval.high) == (1.0, None, None)
        assert reason in interval.reason
        assert not interval.is_positive


def test_where_all_trials_fail_wilson_says_what_is_left_open() -> None:
    interval = estimate(grid(np.zeros((3, 3, 100))), bounds=(0.0, 1.0))
    assert (interval.low, interval.high) == (0.0, wilson_interval(0, 100)[1])


def test_missing_cells_are_left_out_of_the_mean() -> None:
    values = np.ones((2, 2, 5))
    values[1, 1] = np.nan
    values[0, 0] = 0.0
    assert margins(grid(values)).value == pytest.approx(2 / 3)
    assert np.isfinite(bootstrap_means([grid(values)], draws=500)).mean() > 0.9


def test_draws_are_the_same_for_all_arms_and_for_a_seed() -> None:
    """Two arms that differ by .25 everywhere differ by .25 in every draw."""
    random = np.random.default_rng(0)
    first = random.random((3, 3, 20))
    means = bootstrap_means([grid(first), grid(first + 0.25)], draws=300, seed=1)
    assert means.shape == (2, 300)
    assert means[1] - means[0] == pytest.approx(np.full(300, 0.25))
    assert (bootstrap_means([grid(first)], draws=300, seed=1)[0] == means[0]).all()
    assert np.ptp(means[0]) > 0


def test_the_bootstrap_varies_as_its_theory_says() -> None:
    """Only seeds differ: the variance of a resampled mean is that of the seeds, n in the denominator."""
    seeds = np.array([0.2, 0.5, 0.8])
    means = bootstrap_means([grid(np.broadcast_to(seeds[:, None, None], (3, 2, 4)))], draws=20_000)
    assert means.var() == pytest.approx(seeds.var() / 3, rel=0.05)


def test_t_holds_the_truth_where_the_bootstrap_is_too_narrow() -> None:
    case = Case(name="seeds differ a lot", seeds=1.0)
    value, random = truth(case), np.random.default_rng(0)
    studies = [drawn(case, difficulty(case, random), random) for _ in range(300)]
    by_t = np.mean([holds(estimate(study, bounds=(0, 1)), value) for study in studies])
    by_draws = np.mean([holds(bootstrap_estimate(study, draws=500), value) for study in studies])
    assert by_t > 0.87
    assert by_draws < by_t - 0.04


@pytest.mark.parametrize("name", ["ten tasks", "six tasks"])
def test_of_many_tasks_the_interval_holds_what_other_tasks_would_have_shown(name: str) -> None:
    """Taken scene by scene, as if these tasks were all there are, it would not."""
    (case,) = [case for case in CASES if case.name == name]
    value, random = truth(case), np.random.default_rng(0)
    over_tasks, these_tasks = [], []
    for _ in range(300):
        outcomes = trials(case, difficulty(case, random), random)
        for intervals, values in (
            (over_tasks, outcomes.mean(axis=3)),
            (these_tasks, outcomes.mean(axis=2)),
        ):
            intervals.append(holds(estimate(grid(values), bounds=(0.0, 1.0)), value))
    assert np.mean(over_tasks) > 0.9
    assert np.mean(these_tasks) < np.mean(over_tasks) - 0.05


def test_two_arms_that_are_alike_over_tasks_seldom_seem_to_differ() -> None:
    """Each suits other tasks, which the difference counts."""
    (case,) = [case for case in CASES if case.name == "ten tasks"]
    held = [holds(row[2], 0.0) for row in repetitions(case, 200)]
    assert np.mean(held) > 0.92
