"""Probes: they find what is there, find nothing where nothing is, and keep episodes apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import r2_score

from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.probes import out_of_fold, probe, r2_interval
from lapa.params.evaluation import ProbeParams

PARAMS = ProbeParams(resamples=200, hidden_dim=16)


def _episodes(count: int = 40, length: int = 20) -> np.ndarray:
    return np.repeat(np.arange(count), length)


def _scores(
    inputs: np.ndarray, actions: np.ndarray, episodes: np.ndarray, kind: str = "linear"
) -> Any:
    return probe(
        inputs,
        actions,
        episodes,
        name="codes",
        kind=kind,  # type: ignore[arg-type]
        dimensions=("dx", "dy"),
        params=PARAMS,
        seed=0,
    )


def test_codes_that_tell_one_dimension_tell_that_one_only() -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(8, size=800)
    inputs = np.eye(8)[codes]
    actions = np.stack(
        [rng.permutation(8)[codes] + 0.1 * rng.normal(size=800), rng.normal(size=800)], 1
    )
    dx, dy = _scores(inputs, actions, _episodes())
    assert dx.interval.value > 0.99
    assert dx.interval.low <= dx.interval.value <= dx.interval.high
    assert dy.interval.value < 0.05
    assert (dx.episodes, dx.samples) == (40, 800)


def test_mlp_finds_what_a_linear_probe_cannot() -> None:
    rng = np.random.default_rng(0)
    inputs = rng.choice([-1.0, 1.0], (800, 2))
    product = inputs.prod(axis=1, keepdims=True).repeat(2, axis=1)
    assert _scores(inputs, product, _episodes())[0].interval.value < 0.1
    assert _scores(inputs, product, _episodes(), "mlp")[0].interval.value > 0.9


def test_memorised_episodes_do_not_count() -> None:
    rng = np.random.default_rng(0)
    episodes = _episodes()
    identity = np.eye(40)[episodes]
    per_episode = rng.normal(size=(40, 2))[episodes]
    assert _scores(identity, per_episode, episodes)[0].interval.value < 0.05


def test_constant_dimension_is_left_out() -> None:
    rng = np.random.default_rng(0)
    actions = np.stack([np.zeros(800), rng.normal(size=800)], axis=1)
    scores = _scores(rng.normal(size=(800, 3)), actions, _episodes())
    assert [score.dimension for score in scores] == ["dy"]


def test_interval_holds_sklearns_value_and_covers_the_truth() -> None:
    rng = np.random.default_rng(0)
    covered = 0
    for seed in range(60):
        truth = rng.normal(size=800)
        predicted = truth + 0.5 * rng.normal(size=800)
        interval = r2_interval(truth, predicted, _episodes(), resamples=200, seed=seed)
        assert interval.value == pytest.approx(r2_score(truth, predicted))
        covered += interval.low <= 0.75 <= interval.high
    assert covered >= 50


def test_interval_widens_when_the_frames_of_an_episode_agree() -> None:
    rng = np.random.default_rng(0)
    truth = rng.normal(size=800)
    free = truth + rng.normal(size=800)
    shared = truth + rng.normal(size=40)[_episodes()]
    narrow, wide = (
        r2_interval(truth, p, _episodes(), resamples=200, seed=0) for p in (free, shared)
    )
    assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low)


def test_many_features_of_few_episodes_are_kept_from_overfitting() -> None:
    rng = np.random.default_rng(0)
    episodes = _episodes(10, 12)
    noise = rng.normal(size=(120, 192))
    for score in _scores(noise, rng.normal(size=(120, 2)), episodes):
        assert -0.2 < score.interval.value < 0.1, "an unregularised fit is far below zero"


def test_the_penalty_leaves_what_can_be_read() -> None:
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(800, 192))
    actions = inputs[:, :2] + 0.3 * rng.normal(size=(800, 2))
    assert all(score.interval.value > 0.8 for score in _scores(inputs, actions, _episodes()))


def test_inputs_that_are_not_finite_are_declined() -> None:
    inputs = np.full((800, 3), np.nan)
    with pytest.raises(CannotMeasureError, match="codes holds NaN"):
        _scores(inputs, np.random.default_rng(0).normal(size=(800, 2)), _episodes())


def test_one_episode_is_refused() -> None:
    with pytest.raises(ValueError, match="expected at least 2"):
        out_of_fold(
            np.zeros((5, 1)),
            np.zeros((5, 1)),
            np.zeros(5, np.int64),
            kind="linear",
            params=PARAMS,
            seed=0,
        )
