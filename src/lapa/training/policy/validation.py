"""Errors of the actions that the present weights predict, over all processes."""

from __future__ import annotations

from collections.abc import Iterable

import torch

from lapa.distributed.ranks import rank, sum_over_processes
from lapa.metrics.action_error import ActionError
from lapa.training.common.in_step import in_step
from lapa.training.common.seeding import seed_globally
from lapa.training.common.selection import Criterion
from lapa.training.common.train_state import TrainState
from lapa.training.policy.objective import PolicyBatch, PolicyObjective

CRITERION = Criterion(metric="val/mse_normalized")
"""What the best policy is best by: the error of its actions. Not the loss: that also counts how sure the
head is, and is best long before the actions are (`docs/finetune.md` has the measurement)."""


@torch.no_grad()
def measure(
    state: TrainState[PolicyObjective], batches: Iterable[PolicyBatch], *, seed: int
) -> dict[str, float]:
    """``loss`` and the errors of `ActionError`; collective.

    Args:
        state: the weights.
        batches: this rank's share on its device, each sample once.
        seed: a loss that draws (flow matching) draws the same in every validation, so that it differs
            by the weights alone.
    """
    policy = state.model.policy
    device = policy.head.codec.edges.device
    error = ActionError(codec=policy.head.codec)
    losses = torch.zeros(2, dtype=torch.float64, device=device)
    seed_globally(seed, "validation", rank())
    state.module.eval()
    for batch, weight in in_step(batches, device):
        output = state.module(batch)
        if not weight:
            continue
        error.update(output.predicted, batch["actions"], batch["action_mask"])
        samples = len(batch["actions"])
        losses += torch.stack([output.loss.double() * samples, losses.new_tensor(samples)])
    state.module.train()
    error.join_processes()
    total, count = sum_over_processes(losses).tolist()
    names = [dimension.name for dimension in policy.stats.dimensions]
    return {"loss": total / count, **error.compute(names)}
