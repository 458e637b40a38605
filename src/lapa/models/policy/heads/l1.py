"""Absolute-error head: a chunk of actions regressed in one pass (OpenVLA-OFT, arXiv:2502.19645)."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from lapa.models.policy.heads.conditioning import Conditioning
from lapa.models.policy.heads.interface import two_layers
from lapa.models.policy.heads.regression import RegressionHead
from lapa.models.policy.heads.sizes import HeadSizes
from lapa.params.heads import L1HeadParams


class L1Head(RegressionHead):
    """Features or codes ``-> (batch, time, action_dim)`` by two layers."""

    def __init__(self, params: L1HeadParams, sizes: HeadSizes) -> None:
        super().__init__(params, sizes)
        self.beta = params.beta
        self.conditioning = Conditioning(params, sizes)
        self.layers = two_layers(
            self.conditioning.width, params.hidden_dim, sizes.values, dropout=params.dropout
        )

    def flat_chunk(self, encoded: Tensor) -> Tensor:
        """Regress from features or codes."""
        flat: Tensor = self.layers(self.conditioning(encoded))
        return flat

    def error(self, predicted: Tensor, target: Tensor) -> Tensor:
        """(Smooth) absolute error."""
        return functional.smooth_l1_loss(predicted, target, beta=self.beta, reduction="none")
