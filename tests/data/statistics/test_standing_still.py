"""Dimensions that stand still neither blow up a normalised error nor hide behind a unit."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lapa.data.statistics.action_bins import fit_action_stats
from lapa.metrics.action_error import ActionError
from lapa.models.policy.action_codec import ActionCodec
from lapa.records import ActionStats

STEPS = 300


def joints(seed: int = 0, dims: int = 4) -> np.ndarray:
    """Joints that swing by about a radian."""
    phase = np.linspace(0, 6, STEPS)[:, None] + np.random.default_rng(seed).normal(size=dims)
    return 0.2 + 0.5 * np.sin(phase)


def noise(seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(STEPS, 1))


def fit(actions: np.ndarray, units: list[str] | None = None) -> ActionStats:
    names = [f"d{i}" for i in range(actions.shape[1])]
    return fit_action_stats(actions, names=names, units=units or (), episodes=1, shard_digest="x")


STILL = {
    "constant": np.full((STEPS, 1), -1.5),
    "zero": np.zeros((STEPS, 1)),
    "1e6 with float noise": 1e6 + 0.06 * np.round(noise()),
    "a held arm": 0.8 + 0.008 * noise(),
    "trembling around zero": 1e-3 * noise(),
}


@pytest.mark.parametrize("units", [[], ["rad"] * 5], ids=["unknown units", "rad"])
@pytest.mark.parametrize("name", STILL)
def test_a_still_dimension_does_not_decide_the_mean_error(name: str, units: list[str]) -> None:
    stats = fit(np.hstack([joints(), STILL[name]]), units)
    assert stats.still == ("d4",)
    error = ActionError(codec=ActionCodec(stats=stats))
    truth = torch.from_numpy(np.hstack([joints(1), STILL[name] + 0.1])).float()[:, None]
    predicted = torch.from_numpy(np.hstack([joints(1) + 0.05, STILL[name]])).float()[:, None]
    error.update(predicted, truth, torch.ones(STEPS, 1, dtype=torch.bool))
    figures = error.compute(["d0", "d1", "d2", "d3", "d4"])
    assert figures["mse_normalized"] == pytest.approx(0.01, abs=0.004)
    assert (
        figures["mse_normalized/d4"] < 100
    )  # 0.1 rad off is five times what others' noise is worth
    assert figures["mse/d4"] == pytest.approx(0.01, rel=0.05, abs=0.01)


@pytest.mark.parametrize("name", STILL)
def test_its_value_survives_the_bins_and_its_commands_stay_where_they_were(name: str) -> None:
    actions = np.hstack([joints(), STILL[name]])
    stats = fit(actions)
    codec = ActionCodec(stats=stats)
    restored = codec.decode(codec.encode(torch.from_numpy(actions).float())).numpy()[:, 4]
    span = stats.dimensions[4].scale
    np.testing.assert_allclose(restored, actions[:, 4], atol=max(span / 100, 1e-6))
    codec = ActionCodec(stats=stats)
    limits = codec.clip(torch.tensor([[-9e9] * 5, [9e9] * 5]))[:, 4]
    low, high = actions[:, 4].min(), actions[:, 4].max()
    np.testing.assert_allclose(limits.numpy(), [low, high], rtol=1e-6)


def test_small_units_are_not_still() -> None:
    """Millimetres of a gripper beside metres, a binary gripper beside joint angles, small deltas."""
    deltas = 0.01 * (joints(5, 3) - 0.2)
    grip = np.where(noise() > 0, 1.0, 0.0)
    assert fit(np.hstack([deltas, 10 * deltas, grip])).still == ()
    rare = np.zeros((STEPS, 1))
    rare[7] = 1.0
    assert fit(np.hstack([joints(), rare])).still == ()
    assert fit(np.hstack([100 * joints(), 0.001 * joints(1)]), ["deg"] * 4 + ["m"] * 4).still == ()


def test_a_robot_of_which_most_stands_still() -> None:
    stats = fit(np.hstack([joints(dims=2), *([np.zeros((STEPS, 1))] * 30), 1e-3 * noise()]))
    assert stats.still == tuple(f"d{i}" for i in range(2, 33))


def test_a_joint_that_is_held_elsewhere_next_time_is_measured_by_its_neighbors() -> None:
    """Its own range is a tenth of a radian: half a radian off would count 100 times over."""
    held = 0.7 + 0.06 * np.sin(np.arange(STEPS))[:, None]
    stats = fit(np.hstack([joints(), held]))
    assert stats.still == ()
    assert stats.dimensions[4].scale == pytest.approx(0.25, rel=0.05)
    assert stats.dimensions[0].scale == pytest.approx(0.5, rel=0.05)
    deltas = fit(np.hstack([joints(), held - 0.7]))
    assert deltas.dimensions[4].scale == pytest.approx(0.06, rel=0.05)


def test_everything_still_has_a_finite_error() -> None:
    stats = fit(np.full((STEPS, 2), 3.0))
    error = ActionError(codec=ActionCodec(stats=stats))
    truth = torch.full((1, 1, 2), 3.0)
    error.update(truth + 0.001, truth, torch.ones(1, 1, dtype=torch.bool))
    assert 0 < error.compute(["a", "b"])["mse_normalized"] < 1


def test_units_are_optional() -> None:
    stats = fit(joints())
    assert {dimension.unit for dimension in stats.dimensions} == {""}
