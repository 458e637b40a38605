"""Saved and loaded models are equal; strangers are refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from lapa.models.laq.storage import load_laq, save_laq
from lapa.models.storage import load_weights, save_model
from lapa.params.base import Params
from lapa.records import digest_of_file
from toys.quantizers import BuildSmall


@pytest.mark.parametrize("quantizer", ["nsvq", "vq_ema", "fsq", "residual_vq", "none"])
def test_round_trip(
    build_small: BuildSmall, frames: torch.Tensor, tmp_path: Path, quantizer: str
) -> None:
    model = build_small(quantizer={"kind": quantizer}, normalize_delta=True)
    model(frames)
    digest = save_laq(tmp_path, model)
    loaded = load_laq(tmp_path)
    assert digest == digest_of_file(tmp_path / "model.safetensors")
    assert loaded.config == model.config
    assert not loaded.training
    with torch.no_grad():
        expected = model.eval()(frames).reconstruction
        assert torch.equal(loaded(frames).reconstruction, expected)


def test_keys_are_named(build_small: BuildSmall, tmp_path: Path) -> None:
    save_laq(tmp_path, build_small())
    with pytest.raises(ValueError, match=r"keys missing \['encoder.motion.*encoder.temporal"):
        load_weights(tmp_path, build_small(encode_difference=True))


def test_shapes_are_named(build_small: BuildSmall, tmp_path: Path) -> None:
    save_laq(tmp_path, build_small())
    with pytest.raises(ValueError, match=r"quantizer.codebook has shape \(8, 8\).*\(16, 8\)"):
        load_weights(tmp_path, build_small(codebook_size=16))


def test_another_kind_of_model_is_refused(build_small: BuildSmall, tmp_path: Path) -> None:
    save_laq(tmp_path, build_small())
    config = (tmp_path / "config.json").read_text()
    (tmp_path / "config.json").write_text(config.replace('"laq"', '"policy"'))
    with pytest.raises(ValueError, match="found 'policy', expected 'laq'; point to the right"):
        load_laq(tmp_path)


def test_a_configuration_without_kind_is_refused(build_small: BuildSmall, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="has no field 'kind'"):
        save_model(tmp_path, build_small(), Params())
