"""Encode two frames so that the difference of the results describes the motion between them."""

from __future__ import annotations

import torch
from einops import rearrange
from torch import Tensor, nn

from lapa.models.laq.transformer import Transformer, build_transformer
from lapa.params.laq.model import LaqModelParams


class PairEncoder(nn.Module):
    """The original's encoder: attention over space, then over time, both frames throughout.

    Attention over time is bidirectional, so the first frame's features see the second; identical
    frames do not give identical features.
    """

    def __init__(self, config: LaqModelParams) -> None:
        super().__init__()
        self.spatial = build_transformer(config, depth=config.spatial_depth, axis="space")
        self.temporal = build_transformer(config, depth=config.temporal_depth, axis="time")

    def forward(self, embedded: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
        """Encode a pair.

        Args:
            embedded: patch embeddings ``(batch, 2, row, column, dim)``.
            bias: position bias ``(head, patch, patch)``.

        Returns:
            Features of frame t and of frame t+H, each ``(batch, row, column, dim)``.
        """
        features = self.temporal(self.spatial(embedded, bias=bias))
        first, last = features.unbind(dim=1)
        return first, last


class DifferenceEncoder(nn.Module):
    """Encode each frame alone, subtract, then encode the difference.

    The result depends on the two frames only through the difference of their tokens (of their
    patch embeddings, when ``spatial_depth`` is 0). Nothing moved is the origin: its features are
    returned as "first", so their difference is zero.
    """

    def __init__(self, config: LaqModelParams) -> None:
        super().__init__()
        depth = config.spatial_depth
        self.spatial = Transformer(config, depth=depth, axis="space") if depth else None
        self.motion = Transformer(config, depth=config.temporal_depth, axis="space")
        # Without an offset, the blocks' normalisation would blow the noise of a still patch up to
        # the size of a moving one; relative to this vector small stays small.
        self.origin = nn.Parameter(torch.randn(config.dim))

    def forward(self, embedded: Tensor, bias: Tensor) -> tuple[Tensor, Tensor]:
        """Encode a pair.

        Args:
            embedded: patch embeddings ``(batch, 2, row, column, dim)``.
            bias: position bias ``(head, patch, patch)``.

        Returns:
            Features of "nothing moved" ``(1, row, column, dim)`` and of the difference
            ``(batch, row, column, dim)``.
        """
        frames = rearrange(embedded, "b t h w d -> (t b) 1 h w d")
        tokens = frames if self.spatial is None else self.spatial(frames, bias=bias)
        first, last = rearrange(tokens, "(t b) 1 h w d -> t b 1 h w d", t=2)
        difference = last - first
        still = torch.zeros_like(difference[:1])
        features = self.motion(torch.cat([still, difference]) + self.origin, bias=bias)
        features = rearrange(features, "b 1 h w d -> b h w d")
        return features[:1], features[1:]


def build_encoder(config: LaqModelParams) -> PairEncoder | DifferenceEncoder:
    """Choose the encoder that the configuration asks for."""
    return DifferenceEncoder(config) if config.encode_difference else PairEncoder(config)
