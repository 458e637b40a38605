"""The detector of latents that nobody uses."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.evaluation.codes.latent_use import latent_share, use_of_latents
from toys.moving_quantizers import PARAMS

EPISODES = np.repeat(np.arange(10), 4)


def errors(**means: float) -> dict[str, np.ndarray]:
    """Errors around their means, alike for all conditions."""
    noise = np.random.default_rng(0).uniform(0.9, 1.1, len(EPISODES))
    return {condition: mean * noise for condition, mean in means.items()}


@pytest.mark.parametrize(
    ("use", "means"),
    [
        ("used", {"right": 1, "shuffled": 5, "constant": 4, "copy": 3}),
        ("leak", {"right": 1, "shuffled": 1, "constant": 1, "copy": 3}),
        ("unused", {"right": 3, "shuffled": 3, "constant": 3, "copy": 3}),
    ],
)
def test_use_is_told_from_leak_and_neglect(use: str, means: dict[str, float]) -> None:
    measured = errors(**means)
    assert use_of_latents(measured, EPISODES, PARAMS) == use
    share = latent_share(measured, EPISODES, PARAMS)
    assert share.value == pytest.approx(1 - means["right"] / means["constant"])
    assert share.low <= share.value <= share.high


def test_few_episodes_give_no_verdict() -> None:
    measured = errors(right=1, shuffled=5, constant=4, copy=3)
    few = EPISODES % 3
    assert use_of_latents(measured, few, PARAMS) == "unclear"
    assert latent_share(measured, few, PARAMS).low is None
