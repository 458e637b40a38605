"""Absolute-error head: a chunk of actions regressed in one pass (OpenVLA-OFT, arXiv:2502.19645)."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional

from lapa.models.policy.heads.interface import HeadSizes, two_layers
from lapa.models.policy.heads.regression import RegressionHead
from lapa.params.heads import L1HeadParams


class L1Head(RegressionHead):
    """``(batch, feature) -> (batch, time, action_dim)`` by two layers."""

    def __init__(self, params: L1HeadParams, sizes: HeadSizes) -> None:
        super().__init__(params, sizes)
        self.beta = params.beta
        self.layers = two_layers(
            sizes.feature_dim, params.hidden_dim, sizes.values, dropout=params.dropout
        )

    def flat_chunk(self, encoded: Tensor) -> Tensor:
        """Regress from features."""
        flat: Tensor = self.layers(encoded)
        return flat

    def error(self, predicted: Tensor, target: Tensor) -> Tensor:
        """(Smooth) absolute error."""
        return functional.smooth_l1_loss(predicted, target, beta=self.beta, reduction="none")
