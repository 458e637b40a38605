"""Proprioception as an optional input that starts by changing nothing."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class StateInput(nn.Module):
    """Add the standardised state to the features: ``(batch, state_dim) -> (batch, feature_dim)``.

    The weights start at zero, so a policy that is given the state starts as one that is not, and a
    pretrained trunk keeps what it knows.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, *, state_dim: int, feature_dim: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(state_dim))
        self.register_buffer("std", torch.ones(state_dim))
        self.project = nn.Linear(state_dim, feature_dim, bias=False)
        nn.init.zeros_(self.project.weight)

    def fit(self, states: Tensor) -> None:
        """Take mean and standard deviation from labelled ``states (step, state_dim)``."""
        self.mean.copy_(states.mean(dim=0))
        self.std.copy_(states.std(dim=0, correction=0).clamp_min(1e-6))

    def forward(self, states: Tensor) -> Tensor:
        """Project states, physical units, to a change of the features."""
        projected: Tensor = self.project((states - self.mean) / self.std)
        return projected
