"""Cosine attention over the patches of a frame, over time, or over action tokens."""

from __future__ import annotations

from typing import Literal

import torch
from einops import rearrange, repeat
from torch import Tensor, nn
from torch.nn import functional

from lapa.models.layers.norm import GainNorm

COSINE_SCALE = 8.0
"""Logits are 8 times a cosine, as in Phenaki and LAPA."""

Axis = Literal["space", "time"]
_HEADS_OVER = {
    "space": "b t h w (n c) -> (b t) n (h w) c",
    "time": "b t h w (n c) -> (b h w) n t c",
}
_TOKENS_FROM = {
    "space": "(b t) n (h w) c -> b t h w (n c)",
    "time": "(b h w) n t c -> b t h w (n c)",
}


def cosine_attention(
    query: Tensor, key: Tensor, value: Tensor, *, channel_scale: Tensor, bias: Tensor | None = None
) -> Tensor:
    """Attend by scaled cosine similarity.

    Args:
        query: ``(batch, head, query, channel)``.
        key: ``(batch, head, key, channel)``.
        value: ``(batch, head, key, channel)``.
        channel_scale: ``(channel,)``, the product of the learned query and key scales: both are
            per channel, so scaling one side by the product is the same.
        bias: added to the logits, ``(head, query, key)``.

    Returns:
        ``(batch, head, query, channel)``.
    """
    query = functional.normalize(query, dim=-1)
    key = (functional.normalize(key, dim=-1) * channel_scale).to(query.dtype)
    mask = None if bias is None else bias.to(query.dtype)
    return functional.scaled_dot_product_attention(
        query, key, value, attn_mask=mask, scale=COSINE_SCALE
    )


class _CosineProjections(nn.Module):
    """What self- and cross-attention share: projections and learned channel scales."""

    def __init__(self, *, dim: int, heads: int, head_dim: int, keep_shift: bool) -> None:
        super().__init__()
        self.heads = heads
        inner = heads * head_dim
        self.norm = GainNorm(dim, keep_shift=keep_shift)
        self.query_scale = nn.Parameter(torch.ones(head_dim))
        self.key_scale = nn.Parameter(torch.ones(head_dim))
        self.to_query = nn.Linear(dim, inner, bias=False)
        self.to_key_value = nn.Linear(dim, 2 * inner, bias=False)
        self.to_output = nn.Linear(inner, dim, bias=False)

    @property
    def channel_scale(self) -> Tensor:
        return self.query_scale * self.key_scale


class SelfAttention(_CosineProjections):
    """``(batch, time, row, column, dim) -> same``, without the residual.

    Args:
        dim: token width.
        heads: number of heads.
        head_dim: channels per head.
        axis: attend over the patches of each frame, or over the frames of each patch.
        lapa_compat: keys and values read the tokens before normalisation, and the original's
            unused tensors are kept so that a checkpoint survives the round trip.
    """

    def __init__(
        self, *, dim: int, heads: int, head_dim: int, axis: Axis, lapa_compat: bool = False
    ) -> None:
        super().__init__(dim=dim, heads=heads, head_dim=head_dim, keep_shift=lapa_compat)
        self.axis = axis
        self.lapa_compat = lapa_compat
        if lapa_compat:
            self.context_norm = GainNorm(dim, keep_shift=True).requires_grad_(False)
            self.null_kv = nn.Parameter(torch.empty(heads, 0, head_dim), requires_grad=False)

    def forward(self, tokens: Tensor, bias: Tensor | None = None) -> Tensor:
        """Attend along the axis; ``bias`` is ``(head, patch, patch)``."""
        normed = self.norm(tokens)
        key, value = self.to_key_value(tokens if self.lapa_compat else normed).chunk(2, dim=-1)
        query, key, value = (
            rearrange(part, _HEADS_OVER[self.axis], n=self.heads)
            for part in (self.to_query(normed), key, value)
        )
        attended = cosine_attention(query, key, value, channel_scale=self.channel_scale, bias=bias)
        b, t, h, w, _ = tokens.shape
        sizes = {"b": b, "h": h, "w": w} if self.axis == "time" else {"b": b, "t": t, "h": h}
        result: Tensor = self.to_output(rearrange(attended, _TOKENS_FROM[self.axis], **sizes))
        return result


class CrossAttention(_CosineProjections):
    """Patches ask the action tokens: ``(batch, 1, row, column, dim)`` and ``(batch, code, dim)``.

    Two learned null keys and values let a patch attend to nothing.
    """

    num_null = 2

    def __init__(self, *, dim: int, heads: int, head_dim: int, lapa_compat: bool = False) -> None:
        super().__init__(dim=dim, heads=heads, head_dim=head_dim, keep_shift=lapa_compat)
        self.context_norm = GainNorm(dim, keep_shift=lapa_compat)
        self.null_kv = nn.Parameter(torch.randn(heads, 2 * self.num_null, head_dim))

    def forward(self, tokens: Tensor, context: Tensor) -> Tensor:
        """Attend from every patch to the context, without the residual."""
        t, h, w = tokens.shape[1:4]
        query = rearrange(
            self.to_query(self.norm(tokens)), "b t h w (n c) -> b n (t h w) c", n=self.heads
        )
        key, value = self._keys_and_values(context)
        attended = cosine_attention(query, key, value, channel_scale=self.channel_scale)
        joined = rearrange(attended, "b n (t h w) c -> b t h w (n c)", t=t, h=h, w=w)
        result: Tensor = self.to_output(joined)
        return result

    def _keys_and_values(self, context: Tensor) -> tuple[Tensor, Tensor]:
        projected = rearrange(
            self.to_key_value(self.context_norm(context)),
            "b s (two n c) -> two b n s c",
            two=2,
            n=self.heads,
        )
        # Keys and values alternate along the stored axis, as the original stores them.
        null = repeat(self.null_kv, "n (s two) c -> two b n s c", two=2, b=len(context))
        key, value = torch.cat([null.to(projected.dtype), projected], dim=-2)
        return key, value
