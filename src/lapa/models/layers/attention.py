"""Cosine attention over the patches of a frame, over time, or over action tokens."""

from __future__ import annotations

from typing import Literal

import torch
from einops import rearrange, repeat
from torch import Tensor, nn
from torch.nn import functional

from lapa.models.layers.norm import LayerNormNoBias

COSINE_SCALE = 8.0
"""Logits are 8 times a cosine, as in Phenaki and LAPA."""

Axis = Literal["space", "time"]


def unit_length(vectors: Tensor) -> Tensor:
    """Scale the last axis to length 1; a third of the time of `functional.normalize` on a CPU."""
    return vectors * vectors.square().sum(-1, keepdim=True).clamp_min(1e-24).rsqrt()


def cosine_attention(
    query: Tensor, key: Tensor, value: Tensor, *, qk_scale: Tensor, bias: Tensor | None = None
) -> Tensor:
    """Attend by scaled cosine similarity.

    Args:
        query: ``(batch, head, query, channel)``.
        key: ``(batch, head, key, channel)``.
        value: ``(batch, head, key, channel)``.
        qk_scale: ``(channel,)``, the product of the learned query and key scales: both are
            per channel, so scaling one side by the product is the same.
        bias: added to the logits, ``(head, query, key)``.

    Returns:
        ``(batch, head, query, channel)``.
    """
    dtype = value.dtype
    if value.device.type == "cpu":  # the products below copy them anyway; gradients then lie alike
        query, key, value = query.contiguous(), key.contiguous(), value.contiguous()
    query = unit_length(query)
    key = unit_length(key) * (COSINE_SCALE * qk_scale).to(dtype)
    mask = None if bias is None else bias.to(dtype)
    if value.device.type != "cpu":
        return functional.scaled_dot_product_attention(query, key, value, attn_mask=mask, scale=1.0)
    # Plain products: with 64 keys and a learned bias the CPU kernels of torch 2.13 take twice as
    # long in bfloat16.
    logits = query @ key.transpose(-1, -2)
    return (logits if mask is None else logits + mask).softmax(-1) @ value


def two_frame_attention(query: Tensor, key: Tensor, value: Tensor, *, qk_scale: Tensor) -> Tensor:
    """Attend over two frames: the softmax of two logits is the sigmoid of their difference.

    The same as `cosine_attention` along the second axis, without its many 2 x 2 matrix products
    (a quarter of the time).

    Args:
        query: ``(batch, 2, ..., channel)``.
        key: same shape.
        value: same shape.
        qk_scale: ``(channel,)``, as of `cosine_attention`.

    Returns:
        Same shape.
    """
    first, last = unit_length(key).chunk(2, dim=1)
    direction = (last - first) * (COSINE_SCALE * qk_scale).to(key.dtype)
    to_last = (unit_length(query) * direction).sum(-1, keepdim=True).sigmoid()
    return torch.lerp(value[:, :1], value[:, 1:], to_last)


class CosineProjections(nn.Module):
    """What every kind of attention shares: projections and learned channel scales."""

    def __init__(self, *, dim: int, heads: int, head_dim: int, keep_shift: bool = False) -> None:
        super().__init__()
        self.heads = heads
        inner = heads * head_dim
        self.norm = LayerNormNoBias(dim, keep_shift=keep_shift)
        self.query_scale = nn.Parameter(torch.ones(head_dim))
        self.key_scale = nn.Parameter(torch.ones(head_dim))
        self.to_query = nn.Linear(dim, inner, bias=False)
        self.to_key_value = nn.Linear(dim, 2 * inner, bias=False)
        self.to_output = nn.Linear(inner, dim, bias=False)

    @property
    def qk_scale(self) -> Tensor:
        """Product of the query and key scales ``(channel,)``."""
        return self.query_scale * self.key_scale


class SelfAttention(CosineProjections):
    """``(batch, time, row, column, dim) -> same``, without the residual.

    Args:
        dim: token width.
        heads: number of heads.
        head_dim: channels per head.
        axis: attend over the patches of each frame, or over the frames of each patch.
    """

    def __init__(self, *, dim: int, heads: int, head_dim: int, axis: Axis) -> None:
        super().__init__(dim=dim, heads=heads, head_dim=head_dim)
        self.axis = axis

    def forward(self, tokens: Tensor, bias: Tensor | None = None) -> Tensor:
        """Attend along the axis; ``bias`` is ``(head, patch, patch)``, for space only.

        Raises:
            ValueError: attention over time got another number of frames than two.
        """
        normed = self.norm(tokens)
        key, value = self.to_key_value(normed).chunk(2, dim=-1)
        attend = self._over_time if self.axis == "time" else self._over_space
        result: Tensor = self.to_output(attend(self.to_query(normed), key, value, bias))
        return result

    def _over_space(self, query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None) -> Tensor:
        b, t, h, w, _ = query.shape
        query, key, value = (
            rearrange(part, "b t h w (n c) -> (b t) n (h w) c", n=self.heads)
            for part in (query, key, value)
        )
        attended = cosine_attention(query, key, value, qk_scale=self.qk_scale, bias=bias)
        return rearrange(attended, "(b t) n (h w) c -> b t h w (n c)", b=b, t=t, h=h, w=w)

    def _over_time(self, query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None) -> Tensor:
        if query.shape[1] != 2 or bias is not None:
            raise ValueError(f"attention over time takes two frames, no bias; got {query.shape}")
        query, key, value = (
            rearrange(part, "b t h w (n c) -> b t h w n c", n=self.heads)
            for part in (query, key, value)
        )
        attended = two_frame_attention(query, key, value, qk_scale=self.qk_scale)
        return rearrange(attended, "b t h w n c -> b t h w (n c)")


class CrossAttention(CosineProjections):
    """Patches ask the action tokens: ``(batch, 1, row, column, dim)`` and ``(batch, code, dim)``.

    Two learned null keys and values let a patch attend to nothing.
    """

    num_null = 2

    def __init__(self, *, dim: int, heads: int, head_dim: int) -> None:
        super().__init__(dim=dim, heads=heads, head_dim=head_dim)
        self.context_norm = LayerNormNoBias(dim)
        self.null_kv = nn.Parameter(torch.randn(heads, 2 * self.num_null, head_dim))

    def forward(self, tokens: Tensor, context: Tensor) -> Tensor:
        """Attend from every patch to the context, without the residual."""
        t, h, w = tokens.shape[1:4]
        query = rearrange(
            self.to_query(self.norm(tokens)), "b t h w (n c) -> b n (t h w) c", n=self.heads
        )
        key, value = self._keys_and_values(context)
        attended = cosine_attention(query, key, value, qk_scale=self.qk_scale)
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
        null = repeat(self.null_kv, "n (s two) c -> two b n s c", two=2, b=context.shape[0])
        key, value = torch.cat([null.to(projected.dtype), projected], dim=-2)
        return key, value
