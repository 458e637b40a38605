"""A policy before its robot's recordings are read: the configured sizes, and an assumed width of the actions."""

from __future__ import annotations

from lapa.models.foundation.interface import LatentPolicy
from lapa.models.policy.build import build_policy
from lapa.models.policy.policy import Policy
from lapa.params.finetune import FinetuneParams
from lapa.params.foundation.stage import FoundationParams
from lapa.params.policy import PolicyModelParams
from lapa.records import ActionDimension, ActionStats, FrameCodec
from lapa.training.policy.trainable import select_trainable

ACTION_DIM = 7
"""Position, rotation and gripper of one arm. Of a large policy no figure depends on it noticeably."""
STATE_DIM = 8
"""Likewise, with seven joints."""


def assumed_policy(
    params: FinetuneParams, foundation: FoundationParams, backbone: LatentPolicy
) -> Policy:
    """Put the head that is configured on a backbone and select what trains.

    Works on the meta device and on fake tensors, too.

    Raises:
        ValueError: ``train`` or ``freeze`` names what the policy has not.
    """
    config = PolicyModelParams(
        foundation=foundation.model(),
        head=params.head,
        chunk=params.chunk,
        action_query=params.action_query,
        state_dim=STATE_DIM if params.use_state else None,
        stats=_stats(params.bins),
        frame_codec=FrameCodec(image_size=1),
    )
    policy = build_policy(config, backbone=backbone)
    # recomputation changes no count, and its wrappers would rename the layers
    select_trainable(policy, params.model_copy(update={"activation_checkpointing": False}))
    return policy


def _stats(bins: int) -> ActionStats:
    dimension = ActionDimension(
        name="assumed",
        unit="",
        mean=0,
        std=1,
        minimum=0,
        maximum=bins,
        p01=0,
        p99=bins,
        bin_edges=tuple(range(bins + 1)),
        clipped=0,
    )
    return ActionStats(dimensions=(dimension,) * ACTION_DIM, episodes=1, steps=1, shard_digest="")
