"""The torch codec agrees with the numpy one and inverts itself."""

from __future__ import annotations

import numpy as np
import torch

from lapa.data.action_bins import decode, encode, fit_action_stats
from lapa.models.policy.action_codec import ActionCodec


def _actions() -> np.ndarray:
    rng = np.random.default_rng(0)
    gripper = np.where(rng.random(3000) < 0.004, 1.0, -1.0)
    return np.stack([rng.normal(size=3000), gripper, np.full(3000, 2.5)], axis=1).astype(np.float32)


def test_agrees_with_numpy_for_uniform_and_quantile_bins() -> None:
    actions = _actions()
    for method in ("uniform", "quantile"):
        stats = fit_action_stats(
            actions, names="abc", units="abc", episodes=1, shard_digest="x", method=method
        )
        codec = ActionCodec(stats=stats)
        bins = codec.encode(torch.from_numpy(actions)[:, None])
        reference = encode(actions, stats)[:, None]
        # float32 edges may move a value that lies on one by a single bin
        assert np.abs(bins.numpy() - reference).max() <= 1
        assert (bins.numpy() == reference).mean() > 0.999
        np.testing.assert_allclose(
            codec.decode(torch.from_numpy(reference)).numpy(), decode(reference, stats), atol=1e-5
        )


def test_normalise_spans_minus_one_to_one_and_inverts() -> None:
    actions = _actions()
    stats = fit_action_stats(actions, names="abc", units="abc", episodes=1, shard_digest="x")
    codec = ActionCodec(stats=stats)
    torch.testing.assert_close(codec.normalise(codec.low), -torch.ones(3))
    torch.testing.assert_close(codec.normalise(codec.high), torch.ones(3))
    inside = codec.clip(torch.from_numpy(actions))
    torch.testing.assert_close(
        codec.denormalise(codec.normalise(inside)), inside, atol=1e-5, rtol=1e-5
    )
