"""The original's transformer: its temporal positions read memory in the wrong order."""

from __future__ import annotations

from typing import Any

import torch
from einops import rearrange

from lapa.models.laq.original_transformer import OriginalPEG, OriginalTransformer
from lapa.models.layers.peg import PEG
from lapa.params.laq.model import LaqModelParams


def _pair() -> tuple[PEG, OriginalPEG]:
    ours, original = PEG(6), OriginalPEG(6)
    original.load_state_dict(ours.state_dict())
    return ours, original


def test_positions_of_spatial_sequences_equal_ours() -> None:
    ours, original = _pair()
    tokens = torch.randn(2, 2, 4, 5, 6)
    result = original(rearrange(tokens, "b t h w d -> (b t) (h w) d"), (2, 2, 4, 5))
    torch.testing.assert_close(result, rearrange(ours(tokens), "b t h w d -> (b t) (h w) d"))


def test_positions_of_temporal_sequences_are_misread() -> None:
    ours, original = _pair()
    tokens = torch.randn(2, 2, 4, 4, 6)
    sequences = rearrange(tokens, "b t h w d -> (b h w) t d")
    misread = sequences.reshape(2, 2, 4, 4, 6)
    expected = ours(misread).reshape(sequences.shape)
    torch.testing.assert_close(original(sequences, (2, 2, 4, 4)), expected)


def test_sequences_run_along_the_axis(small: dict[str, Any]) -> None:
    """With a silent position generator only the tokens of one sequence see each other."""
    config = LaqModelParams(**{**small, "lapa_compat": True})
    tokens = torch.randn(1, 2, 8, 8, 32)
    changed = tokens.clone()
    changed[0, 1, 3, 4] = torch.randn(32)
    for axis, touched in (("space", 64), ("time", 2)):
        model = OriginalTransformer(config, depth=1, axis=axis, cross=False)
        for parameter in model.blocks[0].peg.parameters():
            torch.nn.init.zeros_(parameter)
        moved = (model(tokens) - model(changed)).abs().sum(-1) > 1e-6
        assert int(moved.sum()) == touched
        assert moved[0, :, 3, 4].tolist() == [axis == "time", True]
