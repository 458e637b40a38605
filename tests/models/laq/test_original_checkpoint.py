"""Import and export: every tensor survives bit for bit; strangers are refused by name."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from lapa.models.laq import LatentActionQuantizer
from lapa.models.laq.inferred_config import infer_config
from lapa.models.laq.original_checkpoint import (
    from_original,
    load_original,
    original_name,
    to_original,
)
from lapa.params.laq.model import LaqModelParams
from toys.quantizers import BuildSmall


@pytest.fixture
def original(build_small: BuildSmall) -> dict[str, torch.Tensor]:
    """A checkpoint with the original's keys in which no tensor has its initial value."""
    state = to_original(build_small(lapa_compat=True, spatial_depth=1, temporal_depth=3))
    generator = torch.Generator().manual_seed(0)
    return {name: torch.randn(t.shape, generator=generator) for name, t in state.items()}


def test_default_size_has_the_originals_keys() -> None:
    with torch.device("meta"):
        state = to_original(LatentActionQuantizer(LaqModelParams(lapa_compat=True)))
    assert len(state) == 493
    assert state["enc_temporal_transformer.layers.7.1.null_kv"].shape == (16, 0, 64)
    assert state["dec_spatial_transformer.layers.7.2.null_kv"].shape == (16, 4, 64)
    assert state["dec_spatial_transformer.layers.0.3.4.weight"].shape == (1024, 2730)
    assert state["spatial_rel_pos_bias.net.2.weight"].shape == (16, 1024)
    assert state["vq.cnn_encoder.2.bias"].shape == (32,)
    assert state["to_pixels_first_frame.0.weight"].shape == (3072, 1024)


def test_names_are_distinct(build_small: BuildSmall) -> None:
    ours = build_small(lapa_compat=True).state_dict()
    assert len({original_name(name) for name in ours}) == len(ours)


def test_configuration_is_read_off_the_shapes(
    original: dict[str, torch.Tensor], small: dict[str, Any]
) -> None:
    inferred = infer_config(original, image_size=32)
    expected = {**small, "spatial_depth": 1, "temporal_depth": 3, "lapa_compat": True}
    assert inferred.config == LaqModelParams(**expected)
    assert inferred.alternatives == ()


def test_doubt_about_the_grid_is_said(original: dict[str, torch.Tensor]) -> None:
    inferred = infer_config(original)
    assert (inferred.config.code_seq_len, inferred.config.image_size) == (4, 32)
    assert inferred.alternatives == ("code_seq_len 16 at 64 px",)
    assert infer_config(original, code_seq_len=16).config.image_size == 64
    with pytest.raises(ValueError, match=r"possible \(code_seq_len, image_size\)"):
        infer_config(original, code_seq_len=2)


@pytest.mark.parametrize("codes", [1, 2, 4, 16, 64, 256])
def test_the_published_size_needs_no_hint(small: dict[str, Any], codes: int) -> None:
    patch = {16: 16, 64: 16, 256: 8}.get(codes, 32)
    config = LaqModelParams(
        **{**small, "image_size": 256, "patch_size": patch, "code_seq_len": codes},
        lapa_compat=True,
    )
    with torch.device("meta"):
        state = to_original(LatentActionQuantizer(config))
    assert infer_config(state).config == config


def test_missing_and_unexpected_keys_are_named(original: dict[str, torch.Tensor]) -> None:
    config = infer_config(original).config
    missing = {n: t for n, t in original.items() if n != "vq.project_in.bias"}
    with pytest.raises(ValueError, match=r"1 keys missing \['vq.project_in.bias'\], 0 unexpected"):
        from_original(missing, config)
    with pytest.raises(ValueError, match=r"1 unexpected \['ema_model.extra'\]"):
        from_original({**original, "ema_model.extra": torch.zeros(1)}, config)


def test_wrong_shapes_are_named(original: dict[str, torch.Tensor], build_small: BuildSmall) -> None:
    model = build_small(lapa_compat=True, spatial_depth=1, temporal_depth=3)
    original["vq.codebooks"] = torch.zeros(16, 8)
    with pytest.raises(ValueError, match=r"vq.codebooks \(16, 8\) instead of \(8, 8\)"):
        load_original(model, original)


def test_the_default_model_cannot_pose_as_the_original(build_small: BuildSmall) -> None:
    with pytest.raises(ValueError, match="only a lapa_compat model can be exported"):
        to_original(build_small())


def test_a_tensor_of_other_dimensions_is_named(original: dict[str, torch.Tensor]) -> None:
    key = "to_patch_emb_first_frame.1.weight"
    with pytest.raises(ValueError, match=rf"'{key}' has shape \(\), expected 1 dimensions"):
        infer_config({**original, key: torch.tensor(1.0)})
