"""Action errors by episode: a joint that stands still, and arms compared without a simulator."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.evaluation.policies.episode_errors import EpisodeErrors, paired_error


def _errors(values: np.ndarray, *, steps: int = 10) -> EpisodeErrors:
    """One dimension; ``values (episode,)`` is the mean absolute error of each."""
    return EpisodeErrors(
        episodes=tuple(f"made/{i}" for i in range(len(values))),
        steps=(steps,) * len(values),
        dimensions=("j0",),
        units=("rad",),
        scales=(1.0,),
        absolute=tuple((float(v) * steps,) for v in values),
        squared=tuple((float(v) ** 2 * steps,) for v in values),
    )


def test_a_joint_that_stood_still_does_not_count_in_the_means() -> None:
    errors = _errors(np.array([0.3]))
    still = errors.model_copy(
        update={
            "dimensions": ("j0", "j1"),
            "units": ("rad", "rad"),
            "scales": (1.0, 1e-4),
            "still": ("j1",),
            "absolute": ((3.0, 3.0),),
            "squared": ((0.9, 0.9),),
        }
    )
    named = {metric.name: metric.value for metric in still.metrics(resamples=50, seed=0)}
    assert named["action/mae_normalized"] == pytest.approx(0.3)
    assert named["action/mse_normalized"] == pytest.approx(0.09)
    assert named["action/mae/j1"] == pytest.approx(0.3)


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
    metrics = {m.name: m for m in errors.metrics(resamples=50, seed=0)}
    assert metrics["action/mae_normalized"].value == pytest.approx(0.3)
    assert metrics["action/mae_normalized"].low is None


def test_arms_on_other_episodes_are_not_compared() -> None:
    first, second = _errors(np.ones(8)), _errors(np.ones(9))
    with pytest.raises(ValueError, match="held-out episodes of the second arm"):
        paired_error("d", first, second, resamples=50, seed=0)
