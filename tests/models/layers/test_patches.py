"""Patches: cut, embed, join."""

from __future__ import annotations

import torch
from einops import rearrange

from lapa.models.layers.patches import PatchEmbedding, patchify, unpatchify


def test_unpatchify_inverts_patchify() -> None:
    frames = torch.rand(2, 3, 1, 8, 8)
    patches = patchify(frames, 4)
    assert patches.shape == (2, 1, 2, 2, 48)
    assert torch.equal(unpatchify(patches[:, 0], 4), frames[:, :, 0])


def test_a_patch_holds_its_own_square() -> None:
    frames = torch.rand(1, 3, 1, 8, 8)
    square = rearrange(frames[0, :, 0, 4:, :4], "c p q -> (c p q)")
    assert torch.equal(patchify(frames, 4)[0, 0, 1, 0], square)


def test_embedding_is_normalized() -> None:
    tokens = PatchEmbedding(patch_size=4, dim=32)(torch.rand(2, 3, 2, 8, 8))
    assert tokens.shape == (2, 2, 2, 2, 32)
    torch.testing.assert_close(tokens.mean(-1), torch.zeros(2, 2, 2, 2), atol=1e-5, rtol=0)
