"""Bins are what their edges say, and the codec inverts itself."""

from __future__ import annotations

import numpy as np
import torch

from lapa.data.statistics.action_bins import fit_action_stats
from lapa.models.policy.action_codec import ActionCodec


def _actions() -> np.ndarray:
    rng = np.random.default_rng(0)
    gripper = np.where(rng.random(3000) < 0.004, 1.0, -1.0)
    return np.stack([rng.normal(size=3000), gripper, np.full(3000, 2.5)], axis=1).astype(np.float32)


def test_bins_lie_between_their_edges_for_both_methods() -> None:
    actions = _actions()
    for method in ("uniform", "quantile"):
        stats = fit_action_stats(
            actions, names="abc", units="abc", episodes=1, shard_digest="x", method=method
        )
        codec = ActionCodec(stats=stats)
        bins = codec.encode(torch.from_numpy(actions)[:, None])
        restored = codec.decode(bins).numpy()[:, 0]
        for i, dimension in enumerate(stats.dimensions):
            edges = np.asarray(dimension.bin_edges, dtype=np.float32)
            expected = np.digitize(actions[:, i], edges[1:-1])
            assert (bins[:, 0, i].numpy() == expected).all()
            centers = (edges[:-1] + edges[1:]) / 2
            np.testing.assert_allclose(restored[:, i], centers[expected], atol=1e-5)


def test_normalize_spans_minus_one_to_one_and_inverts() -> None:
    actions = _actions()
    stats = fit_action_stats(actions, names="abc", units="abc", episodes=1, shard_digest="x")
    codec = ActionCodec(stats=stats)
    torch.testing.assert_close(codec.normalize(codec.low), -torch.ones(3))
    torch.testing.assert_close(codec.normalize(codec.high), torch.ones(3))
    inside = codec.clip(torch.from_numpy(actions))
    torch.testing.assert_close(
        codec.denormalize(codec.normalize(inside)), inside, atol=1e-5, rtol=1e-5
    )
