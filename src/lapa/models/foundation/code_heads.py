"""From features to a distribution over the codebook at every code position."""

from __future__ import annotations

from einops import rearrange
from torch import Tensor, nn


class IndependentHeads(nn.Module):
    """One linear classifier per position: ``(batch, dim)`` -> ``(batch, code, codebook)``."""

    def __init__(self, *, dim: int, code_seq_len: int, codebook_size: int) -> None:
        super().__init__()
        self.code_seq_len = code_seq_len
        self.linear = nn.Linear(dim, code_seq_len * codebook_size)

    def forward(self, features: Tensor) -> Tensor:
        """All positions at once; none sees another's choice."""
        flat: Tensor = self.linear(features)
        return rearrange(flat, "b (s k) -> b s k", s=self.code_seq_len)
