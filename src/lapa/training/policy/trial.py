"""The policy at step 0 as it would train, for `precision: auto` to measure."""

from __future__ import annotations

from copy import deepcopy

import torch

from lapa.models.policy.policy import Policy
from lapa.params.finetune import FinetuneParams
from lapa.training.common.precision_trial import Trial
from lapa.training.policy.loaders import TrainingData, labeled_loader, on_device
from lapa.training.policy.objective import PolicyObjective


def policy_trial(
    policy: Policy, data: TrainingData, params: FinetuneParams, device: torch.device
) -> Trial:
    """A copy, and its loss on the first batch.

    Args:
        policy: what learns is selected; stays as it is.
        data: the labelled frames, or what a frozen backbone made of them.
        params: batch, seed.
        device: what trains.
    """
    weight = params.joint_latent_weight
    objective = PolicyObjective(policy=deepcopy(policy), joint_latent_weight=weight).to(device)
    batch = on_device(next(iter(labeled_loader(data, params))), device)
    return Trial(objective, lambda: objective(batch).loss)
