"""The statistics of a lapa policy in LeRobot's form."""

from __future__ import annotations

from torch import Tensor

from lapa.models.policy.policy import Policy


def lerobot_statistics(policy: Policy) -> dict[str, dict[str, Tensor]]:
    """What LeRobot's normalisers need to compute what the policy computes inside.

    ``MIN_MAX`` of ``action`` is `ActionCodec.normalize`; ``MEAN_STD`` of ``observation.state`` is what `StateInput`
    projects, before it limits deviations and leaves out columns that stand still.
    """
    codec = policy.head.codec
    mean, std = (
        codec.edges.new_tensor([getattr(d, name) for d in policy.stats.dimensions])
        for name in ("mean", "std")
    )
    statistics = {"action": {"min": codec.low, "max": codec.high, "mean": mean, "std": std}}
    if policy.state_input is not None:
        state = policy.state_input
        statistics["observation.state"] = {"mean": state.mean, "std": state.std}
    return statistics
