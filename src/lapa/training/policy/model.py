"""The policy of stage 3 as it trains, and as it is saved."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lightning_fabric import Fabric
from torch import Tensor

from lapa.models.foundation.storage import load_foundation
from lapa.models.policy.build import build_policy
from lapa.models.policy.policy import Policy
from lapa.params.finetune import FinetuneParams
from lapa.params.policy import PolicyModelParams
from lapa.records import Checkpoint
from lapa.training.common.adapt import add_lora, merge_lora
from lapa.training.common.stage_work import StageWork
from lapa.training.common.train_state import TrainState, begin
from lapa.training.policy.objective import PolicyObjective
from lapa.training.policy.trainable import freeze_unreached

POLICY = "policy."
"""Begins the name of every tensor in the state of a `PolicyObjective`."""


def trainable_state(
    fabric: Fabric, policy: Policy, params: FinetuneParams, *, sample: Any, work: StageWork
) -> TrainState[PolicyObjective]:
    """Objective, optimiser and schedule where training goes on; collective.

    Args:
        fabric: how the processes work together.
        policy: at step 0; what learns is selected.
        params: optimiser and trainer.
        sample: a batch of one: what its loss does not reach is frozen.
        work: the stage, and its folder that holds durable states.
    """
    model = PolicyObjective(policy=policy, joint_latent_weight=params.joint_latent_weight).train()
    freeze_unreached(model, model(sample).loss)
    return begin(fabric, model, params, work)


def trained_policy(
    foundation: Checkpoint,
    config: PolicyModelParams,
    params: FinetuneParams,
    weights: Mapping[str, Tensor],
) -> Policy:
    """An ordinary policy with these weights: whole on one process, adapters folded in."""
    policy = build_policy(config, backbone=load_foundation(Path(foundation.path)))
    if params.lora:
        add_lora(policy.backbone, params.lora)
    policy.load_state_dict({name.removeprefix(POLICY): w for name, w in weights.items()})
    if params.lora:
        merge_lora(policy.backbone)
    return policy.eval()
