"""Configurations that make no sense are refused."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from lapa.params.laq.model import LaqModelParams


def test_compat_takes_no_option() -> None:
    with pytest.raises(ValidationError, match="which has no encode_difference, quantizer"):
        LaqModelParams(lapa_compat=True, encode_difference=True, quantizer={"kind": "vq_ema"})


def test_patches_must_tile_the_image() -> None:
    with pytest.raises(ValidationError, match="patch_size 30 does not divide image_size 256"):
        LaqModelParams(patch_size=30)


def test_levels_must_multiply_to_the_codebook_size() -> None:
    with pytest.raises(ValidationError, match="make 8 codes, but codebook_size is 16"):
        LaqModelParams(quantizer={"kind": "fsq"}, codebook_size=16)


def test_decoder_depth_defaults_to_the_spatial_depth() -> None:
    assert LaqModelParams(spatial_depth=3).num_decoder_blocks == 3
    assert LaqModelParams(spatial_depth=3, decoder_depth=0).num_decoder_blocks == 0
