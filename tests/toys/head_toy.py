"""A head from outside the package: ridge regression of normalised actions on the features."""

from __future__ import annotations

import torch
from einops import rearrange
from torch import Tensor, nn

from lapa.models.policy.heads import ActionHead, HeadSizes
from lapa.models.policy.heads.interface import masked_mean
from lapa.params.heads import HeadParams


class RidgeParams(HeadParams):
    kind: str = "toys.head_toy:RidgeParams"
    implementation = "toys.head_toy:RidgeHead"
    decay: float = 0.01


class RidgeHead(ActionHead):
    """``(batch, feature) -> (batch, time, action_dim)`` by one linear map with small weights."""

    def __init__(self, params: RidgeParams, sizes: HeadSizes) -> None:
        super().__init__(params, sizes)
        self.decay = params.decay
        self.linear = nn.Linear(sizes.feature_dim, sizes.values)

    def loss(self, encoded: Tensor, actions: Tensor, mask: Tensor) -> Tensor:
        error = (self._chunk(encoded) - self.codec.normalize(actions)).square()
        return masked_mean(error, mask) + self.decay * self.linear.weight.square().sum()

    def predict(self, encoded: Tensor, generator: torch.Generator | None = None) -> Tensor:
        return self.codec.clip(self.codec.denormalize(self._chunk(encoded)))

    def _chunk(self, encoded: Tensor) -> Tensor:
        flat = self.linear(encoded)
        return rearrange(flat, "batch (time action) -> batch time action", time=self.chunk)
