"""What training minimises, and what held-out pairs are measured by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import torch
from einops import rearrange
from torch import Tensor, nn

from lapa.batches import PairBatch
from lapa.data.loading.pairs import PairDataset
from lapa.metrics.action_error import ActionError
from lapa.models.inverse_dynamics.model import InverseDynamics
from lapa.models.policy.action_codec import ActionCodec
from lapa.records import ActionStats
from lapa.training.common.in_step import in_step
from lapa.training.common.selection import Criterion
from lapa.training.common.train_state import TrainState

CRITERION = Criterion(metric="val/r2_clipped", larger_is_better=True)
"""What the best weights are best by: the held-out error of their actions beside that of the mean action.

A dimension that the images do not show (a switch that is about to be thrown) is soon learnt by heart, and its
error then grows while the others' still falls; it must not end the training, so it counts as not guessed.
"""


class GuessedActions(NamedTuple):
    """What one pass gives."""

    loss: Tensor
    """Scalar."""
    predicted: Tensor
    """Actions over H, ``float32 (batch, action_dim)``, physical units."""


class InverseDynamicsObjective(nn.Module):
    """A model whose ``forward`` is the training step, so that wrappers (DDP) see it."""

    def __init__(self, model: InverseDynamics) -> None:
        super().__init__()
        self.model = model

    def forward(self, batch: PairBatch) -> GuessedActions:
        """Mean squared error of standardised actions."""
        standardized = self.model(batch["frames"])
        target = self.model.standardize(batch["actions"])
        loss = nn.functional.mse_loss(standardized, target)
        return GuessedActions(loss, self.model.in_units(standardized))


@torch.no_grad()
def measure(
    state: TrainState[InverseDynamicsObjective], batches: Iterable[PairBatch], *, stats: ActionStats
) -> dict[str, float]:
    """Errors of `ActionError` of the present weights; collective.

    Args:
        state: the weights.
        batches: this rank's share on its device, each pair once.
        stats: of the labelled actions, which errors are normalised by.
    """
    device = next(state.model.parameters()).device
    codec = ActionCodec(stats=stats).to(device)
    error = ActionError(codec=codec)
    state.module.eval()
    for batch, weight in in_step(batches, device):
        guessed = state.module(batch).predicted
        if weight:
            error.update(_one_step(guessed), _one_step(batch["actions"]), _all_valid(guessed))
    state.module.train()
    error.join_processes()
    return error.compute([dimension.name for dimension in stats.dimensions])


def _one_step(actions: Tensor) -> Tensor:
    return rearrange(actions, "batch dim -> batch 1 dim")


def _all_valid(actions: Tensor) -> Tensor:
    return torch.ones(len(actions), 1, dtype=torch.bool, device=actions.device)


def beside_the_mean(
    metrics: dict[str, float], pairs: PairDataset, stats: ActionStats
) -> dict[str, float]:
    """R² of every dimension, its means, and the error of always guessing the mean labelled action.

    Args:
        metrics: of `measure`, on these pairs.
        pairs: held out.
        stats: of the labelled actions.
    """
    motions = torch.from_numpy(pairs.all_motions())
    spread = motions.double().var(dim=0, correction=0)
    names = [dimension.name for dimension in stats.dimensions]
    r2 = {
        name: 1 - metrics[f"mse/{name}"] / max(float(variance), 1e-12)
        for name, variance in zip(names, spread, strict=True)
    }
    moving = [r2[d.name] for d in stats.dimensions if not d.still] or list(r2.values())
    error = ActionError(codec=ActionCodec(stats=stats))
    mean = torch.tensor([dimension.mean for dimension in stats.dimensions])
    error.update(_one_step(mean.expand_as(motions)), _one_step(motions), _all_valid(motions))
    return {
        "r2": sum(moving) / len(moving),
        "r2_clipped": sum(max(value, 0.0) for value in moving) / len(moving),
        **{f"r2/{name}": value for name, value in r2.items()},
        "predict_mean/mse_normalized": error.compute(names)["mse_normalized"],
    }
