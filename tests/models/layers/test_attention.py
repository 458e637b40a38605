"""Cosine attention against its formula, along both axes, with null keys."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from lapa.models.layers.attention import (
    CrossAttention,
    SelfAttention,
    cosine_attention,
    two_frame_attention,
    unit_length,
)


def test_equals_the_formula() -> None:
    query, key, value = torch.randn(3, 2, 3, 5, 4)
    scale, bias = torch.rand(4) + 0.5, torch.randn(3, 5, 5)
    cosine = functional.normalize(query, dim=-1) @ (
        functional.normalize(key, dim=-1) * scale
    ).transpose(-1, -2)
    expected = (8 * cosine + bias).softmax(-1) @ value
    result = cosine_attention(query, key, value, qk_scale=scale, bias=bias)
    torch.testing.assert_close(result, expected)


def test_two_frames_equal_the_general_formula() -> None:
    query, key, value = torch.randn(3, 5, 2, 3, 4)
    scale = torch.rand(4) + 0.5
    expected = cosine_attention(
        *(part.transpose(1, 2) for part in (query, key, value)), qk_scale=scale
    )
    result = two_frame_attention(query, key, value, qk_scale=scale)
    torch.testing.assert_close(result, expected.transpose(1, 2))


def test_a_zero_vector_has_no_direction_and_no_nan() -> None:
    vectors = torch.zeros(2, 3, requires_grad=True)
    unit_length(vectors).sum().backward()
    assert vectors.grad is not None
    assert torch.isfinite(vectors.grad).all()


def test_time_takes_two_frames() -> None:
    time = SelfAttention(dim=8, heads=2, head_dim=4, axis="time")
    with pytest.raises(ValueError, match="takes two frames"):
        time(torch.randn(1, 3, 2, 2, 8))


def test_space_stays_in_its_frame_and_time_in_its_patch() -> None:
    tokens = torch.randn(1, 2, 2, 2, 8)
    changed = tokens.clone()
    changed[0, 1, 1, 1] = torch.randn(8)
    width = {"dim": 8, "heads": 2, "head_dim": 4}
    space = SelfAttention(**width, axis="space")
    moved = (space(tokens) - space(changed)).abs().sum(-1) > 1e-6
    assert moved[0].flatten(1).any(1).tolist() == [False, True]
    time = SelfAttention(**width, axis="time")
    moved = (time(tokens) - time(changed)).abs().sum(-1) > 1e-6
    assert moved[0].any(0).flatten().tolist() == [False, False, False, True]


def test_values_are_normalized() -> None:
    space = SelfAttention(dim=8, heads=2, head_dim=4, axis="space")
    tokens = torch.randn(1, 1, 2, 2, 8)
    torch.testing.assert_close(space(tokens), space(3 * tokens), atol=1e-4, rtol=0)


def test_cross_attention_can_attend_to_nothing() -> None:
    cross = CrossAttention(dim=8, heads=2, head_dim=4)
    with torch.no_grad():
        cross.null_kv[:, 1::2] = 0
        cross.to_key_value.weight[8:] = 0
    assert cross(torch.randn(2, 1, 3, 3, 8), torch.randn(2, 4, 8)).abs().max() == 0


def test_every_parameter_gets_a_gradient() -> None:
    cross = CrossAttention(dim=8, heads=2, head_dim=4)
    cross(torch.randn(2, 1, 3, 3, 8), torch.randn(2, 4, 8)).square().sum().backward()
    for name, parameter in cross.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name
