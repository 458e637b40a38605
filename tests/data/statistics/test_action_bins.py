"""Action bins: round trip, outliers, and dimensions that are constant or binary."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lapa.data.statistics.action_bins import fit_action_stats, quantile_edges
from lapa.models.policy.action_codec import ActionCodec
from lapa.records import ActionStats


def _fit(actions: np.ndarray, method: str = "uniform", bins: int = 256) -> ActionStats:
    names = [f"d{i}" for i in range(actions.shape[1])]
    return fit_action_stats(
        actions,
        names=names,
        units=["m"] * len(names),
        episodes=3,
        shard_digest="abc",
        bins=bins,
        method=method,  # type: ignore[arg-type]
    )


def _bins(actions: np.ndarray, stats: ActionStats) -> np.ndarray:
    return ActionCodec(stats=stats).encode(torch.from_numpy(actions).float()).numpy()


def _restored(actions: np.ndarray, stats: ActionStats) -> np.ndarray:
    """Through the bins and back."""
    codec = ActionCodec(stats=stats)
    return codec.decode(codec.encode(torch.from_numpy(actions).float())).numpy()


@pytest.mark.parametrize("method", ["uniform", "quantile"])
@pytest.mark.parametrize("draw", ["normal", "heavy_tailed", "two_clusters"])
def test_round_trip_stays_below_one_percent_of_the_range(method: str, draw: str) -> None:
    rng = np.random.default_rng(0)
    actions = {
        "normal": rng.normal(size=(5000, 2)),
        "heavy_tailed": rng.standard_t(2, size=(5000, 2)),
        "two_clusters": rng.choice([-1.0, 1.0], (5000, 2)) + 0.01 * rng.normal(size=(5000, 2)),
    }[draw]
    stats = _fit(actions, method)
    low = np.array([d.bin_edges[0] for d in stats.dimensions])
    high = np.array([d.bin_edges[-1] for d in stats.dimensions])
    inside = np.clip(actions, low, high)
    error = np.abs(_restored(inside, stats) - inside) / (high - low)
    assert error.max() < 0.01


def test_outliers_are_counted_and_land_in_the_outer_bins() -> None:
    actions = np.linspace(0, 1, 1001)[:, None]
    stats = _fit(actions)
    assert stats.dimensions[0].clipped == 20
    assert _bins(np.array([[-5.0], [9.0]]), stats)[:, 0].tolist() == [0, 255]


def test_rare_gripper_command_survives() -> None:
    actions = np.full((2000, 1), -1.0)
    actions[:4] = 1.0
    stats = _fit(actions)
    assert stats.dimensions[0].p99 == -1.0
    assert stats.dimensions[0].clipped == 0
    restored = _restored(np.array([[-1.0], [1.0]]), stats)
    assert restored[:, 0] == pytest.approx([-1, 1], abs=0.01)


@pytest.mark.parametrize("value", [0.0, 3.25, -800.0])
@pytest.mark.parametrize("method", ["uniform", "quantile"])
def test_constant_dimension_decodes_to_its_value(value: float, method: str) -> None:
    stats = _fit(np.full((10, 1), value), method)
    edges = np.asarray(stats.dimensions[0].bin_edges, np.float32)
    assert (np.diff(edges) > 0).all(), "float32 must tell the edges apart"
    restored = _restored(np.array([[value]]), stats)
    assert restored[0, 0] == pytest.approx(value, rel=1e-5, abs=1e-5)


def test_quantile_bins_are_finer_where_the_data_is() -> None:
    values = np.concatenate([np.random.default_rng(0).normal(0, 0.01, 5000), [-1.0, 1.0]])
    edges = quantile_edges(values, -1.0, 1.0, 64)
    widths = np.diff(edges)
    assert (widths > 0).all()
    assert widths.max() <= 2 * 2.0 / 64 * 1.01
    assert widths[np.searchsorted(edges, 0.0) - 1] < 0.2 * widths[0]


def test_bad_input_names_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="at least one"):
        _fit(np.zeros((0, 2)))
    broken = np.zeros((4, 2))
    broken[1, 1] = np.nan
    with pytest.raises(ValueError, match="'d1' holds NaN"):
        _fit(broken)
