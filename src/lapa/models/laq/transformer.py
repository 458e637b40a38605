"""The transformer that both encoders and the decoder are made of."""

from __future__ import annotations

from torch import Tensor, nn

from lapa.models.laq.original_transformer import OriginalTransformer
from lapa.models.layers.attention import Axis, CrossAttention, SelfAttention
from lapa.models.layers.feed_forward import FeedForward
from lapa.models.layers.norm import LayerNormNoBias
from lapa.models.layers.peg import PEG
from lapa.params.laq.model import LaqModelParams


class Block(nn.Module):
    """Position, self-attention, (cross-attention,) feed-forward, each with a residual."""

    def __init__(self, config: LaqModelParams, *, axis: Axis, cross: bool) -> None:
        super().__init__()
        width = {"dim": config.dim, "heads": config.heads, "head_dim": config.head_dim}
        self.peg = PEG(config.dim)
        self.self_attention = SelfAttention(**width, axis=axis)
        self.cross_attention = CrossAttention(**width) if cross else None
        self.feed_forward = FeedForward(config.dim)

    def forward(self, tokens: Tensor, bias: Tensor | None, context: Tensor | None) -> Tensor:
        """``(batch, time, row, column, dim) -> same``."""
        tokens = tokens + self.peg(tokens)
        tokens = tokens + self.self_attention(tokens, bias)
        if self.cross_attention is not None and context is not None:
            tokens = tokens + self.cross_attention(tokens, context)
        result: Tensor = tokens + self.feed_forward(tokens)
        return result


class Transformer(nn.Module):
    """``(batch, time, row, column, dim) -> same``: blocks, then one normalisation.

    Tokens keep this one layout throughout; only attention looks along a different axis.

    Args:
        config: widths.
        depth: number of blocks.
        axis: attend over space or over time.
        cross: also attend to a context ``(batch, code, dim)``.
    """

    def __init__(
        self, config: LaqModelParams, *, depth: int, axis: Axis, cross: bool = False
    ) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block(config, axis=axis, cross=cross) for _ in range(depth))
        self.norm = LayerNormNoBias(config.dim)

    def forward(
        self, tokens: Tensor, *, bias: Tensor | None = None, context: Tensor | None = None
    ) -> Tensor:
        """Apply every block; ``bias`` is ``(head, patch, patch)``."""
        for block in self.blocks:
            tokens = block(tokens, bias, context)
        result: Tensor = self.norm(tokens)
        return result


def build_transformer(
    config: LaqModelParams, *, depth: int, axis: Axis, cross: bool = False
) -> Transformer | OriginalTransformer:
    """Choose the transformer that the configuration asks for; arguments as for `Transformer`."""
    kind = OriginalTransformer if config.lapa_compat else Transformer
    return kind(config, depth=depth, axis=axis, cross=cross)
