"""Absolute-error head: a chunk of actions regressed in one pass (OpenVLA-OFT, arXiv:2502.19645)."""

from __future__ import annotations

import torch
from einops import rearrange
from torch import Tensor, nn

from lapa.models.policy.action_codec import ActionCodec
from lapa.models.policy.heads.interface import ActionHead, masked_mean
from lapa.params.finetune import L1HeadParams


class L1Head(ActionHead):
    """``(batch, feature) -> (batch, time, action_dim)`` by two layers."""

    def __init__(
        self, config: L1HeadParams, *, feature_dim: int, codec: ActionCodec, chunk: int
    ) -> None:
        super().__init__(codec=codec, chunk=chunk)
        self.config = config
        self.layers = nn.Sequential(
            nn.Linear(feature_dim, config.hidden_dim),
            nn.GELU(),
            nn.Dropout(config.dropout),
            nn.Linear(config.hidden_dim, chunk * codec.action_dim),
        )

    def _normalized(self, observed: Tensor) -> Tensor:
        flat: Tensor = self.layers(observed)
        return rearrange(flat, "batch (time action) -> batch time action", time=self.chunk)

    def loss(self, observed: Tensor, actions: Tensor, mask: Tensor) -> Tensor:
        """(Smooth) absolute error in normalised units."""
        target = self.codec.normalize(self.codec.clip(actions))
        error = nn.functional.smooth_l1_loss(
            self._normalized(observed), target, beta=self.config.beta, reduction="none"
        )
        return masked_mean(error, mask)

    def predict(self, observed: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """The regressed actions; nothing is drawn."""
        return self.codec.clip(self.codec.denormalize(self._normalized(observed)))
