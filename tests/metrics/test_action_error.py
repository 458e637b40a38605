"""Action error: a worked example in both units, and masked steps."""

from __future__ import annotations

import pytest
import torch

from lapa.data.statistics.action_bins import fit_action_stats
from lapa.metrics.action_error import ActionError
from lapa.models.policy.action_codec import ActionCodec


def _error() -> ActionError:
    grid = torch.stack([torch.linspace(0, 1, 101), torch.linspace(0, 10, 101)], dim=1).numpy()
    stats = fit_action_stats(grid, names="ab", units="ab", episodes=1, shard_digest="x", bins=8)
    widths = [d.bin_edges[-1] - d.bin_edges[0] for d in stats.dimensions]
    assert widths == pytest.approx([0.98, 9.8])
    return ActionError(codec=ActionCodec(stats=stats))


def test_worked_example() -> None:
    error = _error()
    truth = torch.zeros(2, 2, 2)
    predicted = truth.clone()
    predicted[0, 0] = torch.tensor([0.1, 2.0])
    predicted[1, 1] = 1000.0
    mask = torch.tensor([[True, True], [True, False]])
    error.update(predicted[:1], truth[:1], mask[:1])
    error.update(predicted[1:], truth[1:], mask[1:])
    metrics = error.compute(["a", "b"])
    assert error.steps == 3
    assert metrics["mse/a"] == pytest.approx(0.01 / 3)
    assert metrics["mae/b"] == pytest.approx(2 / 3)
    assert metrics["mse_normalized/b"] == pytest.approx((2 * 2 / 9.8) ** 2 / 3)
    assert metrics["mse_normalized"] == pytest.approx(
        (metrics["mse_normalized/a"] + metrics["mse_normalized/b"]) / 2
    )


def test_nothing_counted_is_an_error() -> None:
    with pytest.raises(ValueError, match="no valid action step"):
        _error().compute(["a", "b"])
