"""The original project's attention, operation by operation, so that results agree to the last bit.

`attention` computes the same but for the normalised keys, in fewer and faster steps. Rounding still
matters: some true gradients are zero (a constant added to every logit of a row changes nothing),
and Adam turns the rounding noise that is left of them into visible steps.
"""

from __future__ import annotations

import torch
from einops import rearrange, repeat
from torch import Tensor, nn
from torch.nn import functional

from lapa.models.layers.attention import COSINE_SCALE, CosineProjections
from lapa.models.layers.norm import LayerNormNoBias


class OriginalAttention(CosineProjections):
    """``(sequence, token, dim) -> same``, without the residual: self- and cross-attention.

    In self-attention keys and values read the tokens before normalisation.

    Args:
        dim: token width.
        heads: number of heads.
        head_dim: channels per head.
        num_null: learned null keys and values; 0 in self-attention, which also leaves its context
            normalisation unused. Both are kept so that a checkpoint survives the round trip.
    """

    def __init__(self, *, dim: int, heads: int, head_dim: int, num_null: int) -> None:
        super().__init__(dim=dim, heads=heads, head_dim=head_dim, keep_shift=True)
        used = num_null > 0
        self.context_norm = LayerNormNoBias(dim, keep_shift=True).requires_grad_(used)
        null_kv = torch.randn(heads, 2 * num_null, head_dim)
        self.null_kv = nn.Parameter(null_kv, requires_grad=used)

    def forward(
        self, tokens: Tensor, *, bias: Tensor | None = None, context: Tensor | None = None
    ) -> Tensor:
        """Attend to the tokens themselves or to a context.

        Args:
            tokens: ``(sequence, token, dim)``.
            bias: added to the logits, ``(head, token, token)``; for self-attention.
            context: ``(sequence, code, dim)``.
        """
        source = tokens if context is None else self.context_norm(context)
        query = self.to_query(self.norm(tokens))
        key, value = self.to_key_value(source).chunk(2, dim=-1)
        query, key, value = (
            rearrange(part, "b s (n c) -> b n s c", n=self.heads) for part in (query, key, value)
        )
        null = repeat(self.null_kv, "n (s two) c -> b n s two c", two=2, b=tokens.shape[0])
        null_key, null_value = null.unbind(dim=-2)
        key, value = torch.cat([null_key, key], dim=-2), torch.cat([null_value, value], dim=-2)
        attended = torch.einsum("bnij,bnjc->bnic", self._shares(query, key, bias), value)
        result: Tensor = self.to_output(rearrange(attended, "b n s c -> b s (n c)"))
        return result

    def _shares(self, query: Tensor, key: Tensor, bias: Tensor | None) -> Tensor:
        """How much of each key a query takes, ``(sequence, head, query, key)``."""
        query = functional.normalize(query, dim=-1) * self.query_scale
        key = functional.normalize(key, dim=-1) * self.key_scale
        logits = torch.einsum("bnic,bnjc->bnij", query, key) * COSINE_SCALE
        return (logits if bias is None else logits + bias).softmax(dim=-1)
