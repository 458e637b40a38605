"""Latents that tell the direction, the length, or nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.motion_readout import at_least_the_mean, read_motion
from lapa.evaluation.score import scored
from lapa.params.evaluation import EvaluationParams, ProbeParams

PAIRS, EPISODES = 240, np.arange(240) // 12
PARAMS = EvaluationParams(probe=ProbeParams(resamples=100, folds=2, ridge=(10.0,)))


def motion(seed: int = 0) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Motion in 16 directions and 4 lengths, and the numbers of both."""
    random = np.random.default_rng(seed)
    direction, length = random.integers(0, 16, PAIRS), random.integers(0, 4, PAIRS)
    angle = 2 * np.pi * direction / 16
    unit = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return unit * (0.02 * 2.0**length)[:, None], direction, length


def one_hot(numbers: NDArray[np.int64]) -> NDArray[np.float32]:
    return np.eye(numbers.max() + 1, dtype=np.float32)[numbers]


def test_directions_are_told_from_lengths() -> None:
    moved, direction, length = motion()
    of_length, of_direction = read_motion(one_hot(direction), moved, EPISODES, PARAMS)
    assert of_direction.value > 0.95
    assert of_length.value < 0.1
    of_length, of_direction = read_motion(one_hot(length), moved, EPISODES, PARAMS)
    assert of_length.value > 0.95
    assert of_direction.value < 0.1


def test_random_codes_tell_neither() -> None:
    moved, _, _ = motion()
    verdicts = []
    for seed in range(10):
        random = np.random.default_rng(seed)
        codes, others = (one_hot(random.integers(0, 8, PAIRS)) for _ in range(2))
        own = read_motion(codes, moved, EPISODES, PARAMS)
        control = read_motion(others, moved, EPISODES, PARAMS)
        verdicts += [
            scored("", mine, at_least_the_mean(other), "").verdict
            for mine, other in zip(own, control, strict=True)
        ]
    assert verdicts.count("passes") <= 1
