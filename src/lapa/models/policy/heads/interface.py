"""What every action head offers, whatever it predicts inside."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

import torch
from torch import Tensor, nn

from lapa.models.policy.action_codec import ActionCodec


class ActionHead(nn.Module, ABC):
    """From what the backbone observed to a chunk of actions in physical units."""

    reads: ClassVar[Literal["features", "codes"]] = "features"
    """Its input: features ``float (batch, feature_dim)`` or codes ``int64 (batch, code)``."""

    def __init__(self, *, codec: ActionCodec, chunk: int) -> None:
        super().__init__()
        self.codec = codec
        self.chunk = chunk

    @abstractmethod
    def loss(self, observed: Tensor, actions: Tensor, mask: Tensor) -> Tensor:
        """Training loss, a scalar.

        Args:
            observed: what the head `reads`.
            actions: ``float (batch, time, action_dim)``, physical units.
            mask: ``bool (batch, time)``, False beyond the end of the episode.
        """

    @abstractmethod
    def predict(self, observed: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Actions ``float32 (batch, time, action_dim)``, physical units, clipped.

        Without a generator nothing is drawn: the same input always gives the same action.
        """


def masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    """Mean of ``values (batch, time, ...)`` where ``mask (batch, time)`` is set; 0 if nowhere."""
    per_step = values.flatten(2).mean(dim=-1) if values.ndim > 2 else values
    return (per_step * mask).sum() / mask.sum().clamp_min(1)
