"""Head A: each action dimension is a classification over its bins.

Section 3.3 of LAPA (arXiv:2410.11758) replaces the latent head by one over discretised actions. The
optional Gaussian target is the histogram loss of Imani & White (arXiv:1806.04613).
"""

from __future__ import annotations

import torch
from einops import rearrange
from torch import Tensor, nn

from lapa.models.policy.heads.conditioning import Conditioning
from lapa.models.policy.heads.interface import ActionHead, masked_mean, two_layers
from lapa.models.policy.heads.sizes import HeadSizes
from lapa.params.heads import BinnedHeadParams


class BinnedHead(ActionHead):
    """Features or codes ``-> (batch, time, action_dim, bins)`` logits by two layers."""

    def __init__(self, params: BinnedHeadParams, sizes: HeadSizes) -> None:
        super().__init__(params, sizes)
        self.params = params
        self.conditioning = Conditioning(params, sizes)
        values = sizes.values * sizes.codec.num_bins
        self.layers = two_layers(
            self.conditioning.width, params.hidden_dim, values, dropout=params.dropout
        )

    def logits(self, encoded: Tensor) -> Tensor:
        """Logits ``(batch, time, action_dim, bins)``."""
        flat: Tensor = self.layers(self.conditioning(encoded)).float()
        return rearrange(
            flat,
            "batch (time action bins) -> batch time action bins",
            time=self.chunk,
            action=self.codec.action_dim,
        )

    def choice_logits(self, encoded: Tensor) -> Tensor | None:
        """Those of the bins, where the most likely one is decoded."""
        return self.logits(encoded) if self.params.decode == "argmax" else None

    def loss(self, encoded: Tensor, actions: Tensor, mask: Tensor) -> Tensor:
        """Cross-entropy, mean over dimensions and valid steps."""
        log_probabilities = self.logits(encoded).log_softmax(dim=-1)
        cross_entropy = -(self._targets(actions) * log_probabilities).sum(dim=-1)
        return masked_mean(cross_entropy, mask)

    def _targets(self, actions: Tensor) -> Tensor:
        """Target distributions ``(batch, time, action_dim, bins)``."""
        bins = self.codec.encode(actions)
        if self.params.target_sigma == 0:
            return nn.functional.one_hot(bins, self.codec.num_bins).float()
        index = torch.arange(self.codec.num_bins, device=bins.device)
        distance = (index - bins[..., None]) / self.params.target_sigma
        return (-0.5 * distance.square()).softmax(dim=-1)

    def predict(self, encoded: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """Mean or most likely action; with a generator, a draw from the distribution."""
        probabilities = self.logits(encoded).softmax(dim=-1)
        if generator is not None:
            flat = rearrange(probabilities, "batch time action bins -> (batch time action) bins")
            drawn = torch.multinomial(flat, 1, generator=generator)
            return self.codec.decode(drawn.view(probabilities.shape[:-1]))
        if self.params.decode == "argmax":
            return self.codec.decode(probabilities.argmax(dim=-1))
        return self.codec.expectation(probabilities)
