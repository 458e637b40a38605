"""Action errors by episode: a joint that stands still, and arms compared without a simulator."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.data.action_bins import fit_action_stats
from lapa.evaluation.action_scale import action_scale
from lapa.evaluation.episode_errors import EpisodeErrors, paired_error
from lapa.records import ActionStats


def _stats(widths: tuple[float, ...], units: tuple[str, ...]) -> ActionStats:
    actions = np.random.default_rng(0).uniform(-0.5, 0.5, (500, len(widths))) * widths
    names = [f"j{i}" for i in range(len(widths))]
    return fit_action_stats(actions, names=names, units=units, episodes=3, shard_digest="")


def _errors(values: np.ndarray, *, steps: int = 10) -> EpisodeErrors:
    """One dimension; ``values (episode,)`` is the mean absolute error of each."""
    return EpisodeErrors(
        episodes=tuple(f"made/{i}" for i in range(len(values))),
        steps=(steps,) * len(values),
        dimensions=("j0",),
        units=("rad",),
        half_width=(1.0,),
        absolute=tuple((float(v) * steps,) for v in values),
        squared=tuple((float(v) ** 2 * steps,) for v in values),
    )


def test_a_joint_that_stands_still_gets_a_tenth_of_its_unit_and_is_named() -> None:
    scale = action_scale(_stats((1.0, 0.001, 0.5), ("rad", "rad", "m")))
    assert scale.still == ("j1",)
    assert scale.half_width == pytest.approx([0.49, 0.049, 0.245], rel=0.02)


def test_moving_dimensions_keep_the_scale_of_training() -> None:
    stats = _stats((1.0, 0.4), ("rad", "rad"))
    expected = [(d.bin_edges[-1] - d.bin_edges[0]) / 2 for d in stats.dimensions]
    assert action_scale(stats).half_width == pytest.approx(expected)


def test_one_dimension_in_thousands_does_not_freeze_those_of_unknown_unit() -> None:
    stats = _stats((1.0, 0.8, 1.2, 0.9, 255.0), ("",) * 5)
    assert action_scale(stats).still == ()


def test_the_better_arm_is_found_over_paired_episodes() -> None:
    hard = np.random.default_rng(0).uniform(0.1, 1.0, 12)
    difference = paired_error("d", _errors(hard), _errors(hard + 0.05), resamples=300, seed=0)
    assert difference.value == pytest.approx(-0.05)
    assert difference.high is not None
    assert difference.high < 0
    assert difference.n == 12


@pytest.mark.parametrize("episodes", [1, 2, 5])
def test_few_episodes_give_a_difference_without_an_interval(episodes: int) -> None:
    errors = _errors(np.full(episodes, 0.3))
    difference = paired_error("d", errors, errors, resamples=50, seed=0)
    assert (difference.low, difference.high, difference.n) == (None, None, episodes)
    figures = {f.name: f for f in errors.figures(resamples=50, seed=0)}
    assert figures["action/mae_normalised"].value == pytest.approx(0.3)
    assert figures["action/mae_normalised"].low is None


def test_arms_on_other_episodes_are_not_compared() -> None:
    first, second = _errors(np.ones(8)), _errors(np.ones(9))
    with pytest.raises(ValueError, match="held-out episodes of the second arm"):
        paired_error("d", first, second, resamples=50, seed=0)
