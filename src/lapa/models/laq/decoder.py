"""Predict something about frame t+H from frame t and the action tokens."""

from __future__ import annotations

from typing import NamedTuple

from einops import rearrange
from torch import Tensor, nn

from lapa.models.laq.transformer import build_transformer
from lapa.params.laq.model import LaqModelParams


class DecoderInput(NamedTuple):
    """What every decoder of a pair sees, whichever target it predicts."""

    context: Tensor
    """Raw patch embedding of frame t, detached: ``(batch, row, column, dim)``."""
    actions: Tensor
    """Action tokens ``(batch, code, dim)``."""
    bias: Tensor
    """Position bias ``(head, patch, patch)``."""


class ActionDecoder(nn.Module):
    """`DecoderInput` -> ``(batch, row, column, values)``.

    Args:
        config: widths and depth.
        values: numbers predicted per patch (3 * patch_size^2 for pixels).
        zero_head: start with a prediction of exactly zero.
    """

    def __init__(self, config: LaqModelParams, *, values: int, zero_head: bool = False) -> None:
        super().__init__()
        self.transformer = build_transformer(
            config, depth=config.num_decoder_blocks, axis="space", cross=True
        )
        self.head = nn.Linear(config.dim, values)
        if zero_head:
            nn.init.zeros_(self.head.weight)
            nn.init.zeros_(self.head.bias)

    def forward(self, given: DecoderInput) -> Tensor:
        """Predict the values of every patch."""
        tokens = rearrange(given.context, "b h w d -> b 1 h w d")
        decoded = self.transformer(tokens, bias=given.bias, context=given.actions)
        values: Tensor = self.head(decoded)
        return rearrange(values, "b 1 h w v -> b h w v")
