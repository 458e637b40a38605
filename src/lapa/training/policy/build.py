"""The policy at step 0: a function of the backbone, the labelled episodes and the seed."""

from __future__ import annotations

from pathlib import Path

import torch

from lapa.data.loading.robot import RobotDataset
from lapa.models.foundation.storage import load_foundation
from lapa.models.policy.build import build_policy
from lapa.models.policy.policy import Policy
from lapa.params.finetune import FinetuneParams
from lapa.params.foundation.model import FoundationModelParams
from lapa.params.policy import PolicyModelParams
from lapa.records import Checkpoint, ShardSet
from lapa.training.common.seeding import seed_globally
from lapa.training.policy.labeled import (
    action_stats,
    control_rate,
    labeled_states,
    state_names,
    states_left_out,
)


def fresh_policy(
    foundation: Checkpoint, dataset: RobotDataset, config: PolicyModelParams, *, seed: int
) -> tuple[Policy, PolicyModelParams]:
    """Put a fresh head on the backbone; the configuration names the states that stand still."""
    backbone = load_foundation(Path(foundation.path))
    seed_globally(seed, "policy head")
    policy = build_policy(config, backbone=backbone)
    if policy.state_input is not None:
        policy.state_input.fit(torch.from_numpy(labeled_states(dataset)))
        config = states_left_out(config, policy.state_input.left_out)
    return policy, config


def model_config(
    sizes: FoundationModelParams, dataset: RobotDataset, shards: ShardSet, params: FinetuneParams
) -> PolicyModelParams:
    """What is built: the backbone's sizes, and what the labelled episodes say."""
    state_dim: int | None = None
    names: tuple[str, ...] = ()
    if params.use_state:
        state_dim = labeled_states(dataset).shape[1]
        names = state_names(dataset, state_dim)
    return PolicyModelParams(
        foundation=sizes,
        head=params.head,
        chunk=params.chunk,
        action_query=params.action_query,
        state_dim=state_dim,
        state_names=names,
        stats=action_stats(dataset, shards, params),
        frame_codec=shards.codec,
        control_hz=control_rate(dataset),
    )
