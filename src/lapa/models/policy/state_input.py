"""Proprioception as an optional input that starts by changing nothing."""

from __future__ import annotations

import torch
from torch import Tensor, nn

CONSTANT = 1e-4
"""A standard deviation below this share of the column's largest value is float noise, not motion."""
NEXT_TO_NOTHING = 1e-4
"""So is one below this share of the upper quartile of all columns: a joint that never left its place."""
MAX_DEVIATIONS = 10.0
"""A state further from the mean counts as this far: what training never saw must not drown the rest."""


class StateInput(nn.Module):
    """Add the standardised state to the features: ``(batch, state_dim) -> (batch, feature_dim)``.

    Columns that stand still in training are left out: divided by their noise they would explode as
    soon as they move.

    The weights start at zero, so a policy that is given the state starts as one that is not, and a
    pretrained trunk keeps what it knows.
    """

    mean: Tensor
    std: Tensor
    used: Tensor
    """``bool (state_dim,)``: columns that moved in training."""

    def __init__(self, *, state_dim: int, feature_dim: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(state_dim))
        self.register_buffer("std", torch.ones(state_dim))
        self.register_buffer("used", torch.ones(state_dim, dtype=torch.bool))
        self.project = nn.Linear(state_dim, feature_dim, bias=False)
        nn.init.zeros_(self.project.weight)

    def fit(self, states: Tensor) -> None:
        """Take mean and standard deviation from labelled ``states (step, state_dim)``.

        In float64: in float32 the mean of a thousand values around 1e6 is off by more than they vary.
        """
        exact = states.double()
        spread = exact.std(dim=0, correction=0)
        floor = CONSTANT * exact.abs().amax(dim=0)
        moving = spread[spread > floor]
        if len(moving):
            floor = floor.clamp_min(NEXT_TO_NOTHING * float(moving.quantile(0.75)))
        used = spread > floor
        self.used.copy_(used)
        self.mean.copy_(exact.mean(dim=0))
        self.std.copy_(torch.where(used, spread, 1.0))

    @property
    def left_out(self) -> tuple[int, ...]:
        """Numbers of the columns that are not used, because they stood still in training."""
        return tuple(torch.nonzero(~self.used).flatten().tolist())

    def forward(self, states: Tensor) -> Tensor:
        """Project states, physical units, to a change of the features."""
        deviations = ((states - self.mean) / self.std).clamp(-MAX_DEVIATIONS, MAX_DEVIATIONS)
        projected: Tensor = self.project(torch.where(self.used, deviations, 0.0))
        return projected
