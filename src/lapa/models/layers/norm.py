"""Layer normalisation with a learned gain and no learned shift."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class LayerNormNoBias(nn.Module):
    """``(..., dim) -> (..., dim)``: zero mean, unit variance, times a learned gain.

    Args:
        dim: width of the last axis.
        keep_shift: hold a constant shift as a buffer, because the original's checkpoints do.
    """

    def __init__(self, dim: int, *, keep_shift: bool = False) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(dim))
        self.shift: Tensor | None
        self.register_buffer("shift", torch.zeros(dim) if keep_shift else None)

    def forward(self, tokens: Tensor) -> Tensor:
        """Normalise the last axis (eps 1e-5)."""
        return functional.layer_norm(tokens, self.gain.shape, self.gain, self.shift)
