"""The original's attention is ours, but that its keys and values are not normalised."""

from __future__ import annotations

import torch

from lapa.models.layers.attention import CrossAttention
from lapa.models.layers.original_attention import OriginalAttention

WIDTH = {"dim": 8, "heads": 2, "head_dim": 4}


def test_cross_attention_equals_ours() -> None:
    ours, original = CrossAttention(**WIDTH), OriginalAttention(**WIDTH, num_null=2)
    with torch.no_grad():
        for parameter in ours.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    left_out = original.load_state_dict(ours.state_dict(), strict=False)
    assert set(left_out.missing_keys) == {"norm.shift", "context_norm.shift"}
    assert not left_out.unexpected_keys
    tokens, context = torch.randn(2, 1, 3, 3, 8), torch.randn(2, 4, 8)
    result = original(tokens.reshape(2, 9, 8), context=context)
    torch.testing.assert_close(result, ours(tokens, context).reshape(2, 9, 8))


def test_keys_and_values_read_the_raw_tokens() -> None:
    attention = OriginalAttention(**WIDTH, num_null=0)
    tokens = torch.randn(3, 5, 8)
    torch.testing.assert_close(3 * attention(tokens), attention(3 * tokens), atol=1e-4, rtol=1e-4)


def test_bias_moves_attention() -> None:
    attention = OriginalAttention(**WIDTH, num_null=0)
    tokens = torch.randn(1, 5, 8)
    only_first = torch.full((2, 5, 5), -1e4)
    only_first[:, :, 0] = 0
    result = attention(tokens, bias=only_first)
    torch.testing.assert_close(result, result[:, :1].expand(-1, 5, -1))


def test_unused_tensors_are_frozen() -> None:
    attention = OriginalAttention(**WIDTH, num_null=0)
    attention(torch.randn(3, 5, 8)).sum().backward()
    without = {name for name, p in attention.named_parameters() if p.grad is None}
    assert without == {"context_norm.gain", "null_kv"}
