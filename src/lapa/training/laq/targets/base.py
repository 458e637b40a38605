"""The one interface of everything a latent action can be asked to explain."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

from torch import Tensor, nn

from lapa.batches import PairBatch
from lapa.models.laq import LaqOutput


class PairResult(NamedTuple):
    """A batch and what the quantiser made of it."""

    frames: Tensor
    """``float [0, 1] (batch, 3, 2, height, width)``."""
    output: LaqOutput
    batch: PairBatch


class Target(nn.Module, ABC):
    """One loss with its weight and, where it needs one, its own decoder."""

    weight: float
    """Factor in the total loss, in training and validation alike."""

    @abstractmethod
    def forward(self, result: PairResult) -> Tensor:
        """Return the unweighted scalar loss of a batch."""
