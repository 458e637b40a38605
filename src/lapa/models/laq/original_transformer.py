"""The original project's transformer, operation by operation, oddities included.

Its tensors have the names of `transformer.Transformer`. `original_attention` says why the order of
the operations matters; it includes the order of the terms of a sum, which decides the memory layout
of its result.
"""

from __future__ import annotations

from einops import rearrange
from torch import Tensor, nn
from torch.nn import functional

from lapa.models.layers.attention import Axis
from lapa.models.layers.feed_forward import FeedForward
from lapa.models.layers.norm import LayerNormNoBias
from lapa.models.layers.original_attention import OriginalAttention
from lapa.params.laq.model import LaqModelParams

_SEQUENCES: dict[Axis, str] = {"space": "(b t) (h w) d", "time": "(b h w) t d"}


class OriginalPEG(nn.Module):
    """``(sequence, token, dim) -> same``: a 3 x 3 x 3 depthwise convolution, causal in time.

    The original always reads the tokens in the memory order (time, row, column). Its temporal
    encoder keeps them in the order (row, column, time), so there frames and rows get mixed; its
    weights need it.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.conv = nn.Conv3d(dim, dim, 3, groups=dim)

    def forward(self, tokens: Tensor, pair_shape: tuple[int, ...]) -> Tensor:
        """Convolve; ``pair_shape`` is ``(batch, time, row, column)``."""
        volumes = rearrange(tokens.reshape(*pair_shape, -1), "b t h w d -> b d t h w")
        convolved: Tensor = self.conv(functional.pad(volumes, (1, 1, 1, 1, 2, 0)))
        return rearrange(convolved, "b d t h w -> b t h w d").reshape(tokens.shape)


class OriginalBlock(nn.Module):
    """Position, self-attention, (cross-attention,) feed-forward, each with a residual."""

    def __init__(self, config: LaqModelParams, *, cross: bool) -> None:
        super().__init__()
        width = {"dim": config.dim, "heads": config.heads, "head_dim": config.head_dim}
        self.peg = OriginalPEG(config.dim)
        self.self_attention = OriginalAttention(**width, num_null=0)
        self.cross_attention = OriginalAttention(**width, num_null=2) if cross else None
        self.feed_forward = FeedForward(config.dim, as_original=True)

    def forward(
        self,
        tokens: Tensor,
        pair_shape: tuple[int, ...],
        bias: Tensor | None,
        context: Tensor | None,
    ) -> Tensor:
        """``(sequence, token, dim) -> same``."""
        tokens = self.peg(tokens, pair_shape) + tokens
        tokens = self.self_attention(tokens, bias=bias) + tokens
        if self.cross_attention is not None:
            tokens = self.cross_attention(tokens, context=context) + tokens
        result: Tensor = self.feed_forward(tokens) + tokens
        return result


class OriginalTransformer(nn.Module):
    """``(batch, time, row, column, dim) -> same``; arguments as for `transformer.Transformer`."""

    def __init__(self, config: LaqModelParams, *, depth: int, axis: Axis, cross: bool) -> None:
        super().__init__()
        self.sequences = _SEQUENCES[axis]
        self.blocks = nn.ModuleList(OriginalBlock(config, cross=cross) for _ in range(depth))
        self.norm = LayerNormNoBias(config.dim, keep_shift=True)

    def forward(
        self, tokens: Tensor, *, bias: Tensor | None = None, context: Tensor | None = None
    ) -> Tensor:
        """Apply every block to the sequences along the axis."""
        pair_shape = tuple(tokens.shape[:4])
        sequences = rearrange(tokens, f"b t h w d -> {self.sequences}")
        for block in self.blocks:
            sequences = block(sequences, pair_shape, bias, context)
        sizes = dict(zip("bthw", pair_shape, strict=True))
        normed: Tensor = self.norm(sequences)
        return rearrange(normed, f"{self.sequences} -> b t h w d", **sizes)
