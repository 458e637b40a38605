"""From the encoders' width to the language model's."""

from __future__ import annotations

from torch import Tensor, nn


class Projector(nn.Module):
    """LayerNorm, Linear, GELU, Linear, LayerNorm: ``(batch, token, dim)`` -> ``(batch, token, out)``."""

    def __init__(self, *, dim: int, out: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.LayerNorm(dim),
            nn.Linear(dim, out),
            nn.GELU(),
            nn.Linear(out, out),
            nn.LayerNorm(out),
        )

    def forward(self, tokens: Tensor) -> Tensor:
        """Project every token by itself."""
        projected: Tensor = self.layers(tokens)
        return projected
