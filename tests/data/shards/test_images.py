"""Frames become square without distortion, and compress to the same bytes each time."""

from __future__ import annotations

import numpy as np
import pytest
import simplejpeg

from lapa.data.shards.images import encode_square, perceptual_hash, thumbnail, to_square
from lapa.records import FrameCodec


def _codec(**changes: object) -> FrameCodec:
    facts = {"image_size": 32, "resize": "crop", "jpeg_quality": 95, "jpeg_subsampling": "444"}
    return FrameCodec(**{**facts, **changes})  # type: ignore[arg-type]


def test_crop_keeps_the_center_and_squash_keeps_everything() -> None:
    frame = np.zeros((64, 128, 3), np.uint8)
    frame[:, :32] = 255  # outside the centre square
    assert to_square(frame, _codec()).max() == 0
    squashed = to_square(frame, _codec(resize="squash"))
    assert squashed[:, :8].min() == 255
    assert squashed[:, 8:].max() == 0


def test_a_frame_of_the_right_size_is_untouched() -> None:
    frame = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    np.testing.assert_array_equal(to_square(frame, _codec()), frame)


@pytest.mark.parametrize("subsampling", ["444", "420"])
def test_jpeg_bytes_repeat_and_carry_the_subsampling(subsampling: str) -> None:
    frame = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    codec = _codec(jpeg_subsampling=subsampling)
    jpeg = encode_square(frame, codec)
    assert jpeg == encode_square(frame.copy(), codec)
    assert simplejpeg.decode_jpeg_header(jpeg)[3] == subsampling


def test_thumbnail_and_hash_tell_pictures_apart() -> None:
    frame = np.zeros((32, 32, 3), np.uint8)
    other = frame.copy()
    other[4:20, 4:12] = (255, 0, 0)
    assert len(thumbnail(frame)) == 256
    assert thumbnail(frame) != thumbnail(other)
    assert perceptual_hash(other) == perceptual_hash(other.copy())
    assert bin(perceptual_hash(frame) ^ perceptual_hash(other)).count("1") > 4
