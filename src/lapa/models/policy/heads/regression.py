"""What heads share that regress a chunk of normalised actions in one pass."""

from __future__ import annotations

from abc import abstractmethod

import torch
from einops import rearrange
from torch import Tensor

from lapa.models.policy.heads.interface import ActionHead, masked_mean


class RegressionHead(ActionHead):
    """Predicts actions in [-1, 1]; a subclass says from what, and how an error counts."""

    @abstractmethod
    def flat_chunk(self, encoded: Tensor) -> Tensor:
        """Normalised actions ``(batch, time * action_dim)``."""

    @abstractmethod
    def error(self, predicted: Tensor, target: Tensor) -> Tensor:
        """Error of each normalised value, ``(batch, time, action_dim)`` as both arguments."""

    def loss(self, encoded: Tensor, actions: Tensor, mask: Tensor) -> Tensor:
        """Mean error in normalised units; actions beyond the bins count as their edges."""
        target = self.codec.normalize(self.codec.clip(actions))
        return masked_mean(self.error(self._chunk(encoded), target), mask)

    def predict(self, encoded: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """The regressed actions; nothing is drawn."""
        return self.codec.clip(self.codec.denormalize(self._chunk(encoded)))

    def _chunk(self, encoded: Tensor) -> Tensor:
        flat = self.flat_chunk(encoded)
        return rearrange(flat, "batch (time action) -> batch time action", time=self.chunk)
