"""Feed-forward block with a gated GELU."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional


class FeedForward(nn.Module):
    """``(..., dim) -> (..., dim)``: normalise, expand, gate, contract.

    The inner width is 8/3 dim, so that the three matrices cost what two of width 4 dim would.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        inner = int(4 * (2 / 3) * dim)
        self.norm = nn.LayerNorm(dim)
        self.expand = nn.Linear(dim, 2 * inner, bias=False)
        self.contract = nn.Linear(inner, dim, bias=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """Apply the block without its residual."""
        value, gate = self.expand(self.norm(tokens)).chunk(2, dim=-1)
        result: Tensor = self.contract(value * functional.gelu(gate))
        return result
