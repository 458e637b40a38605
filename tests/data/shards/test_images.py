"""Frames become square without distortion, and compress to the same bytes each time."""

from __future__ import annotations

import numpy as np
import pytest
import simplejpeg

from lapa.data.shards.images import FrameCodec, perceptual_hash, thumbnail


def _codec(**changes: object) -> FrameCodec:
    facts = {"image_size": 32, "resize": "crop", "quality": 95, "subsampling": "444"}
    return FrameCodec(**{**facts, **changes})  # type: ignore[arg-type]


def test_crop_keeps_the_centre_and_squash_keeps_everything() -> None:
    frame = np.zeros((64, 128, 3), np.uint8)
    frame[:, :32] = 255  # outside the centre square
    assert _codec().square(frame).max() == 0
    squashed = _codec(resize="squash").square(frame)
    assert squashed[:, :8].min() == 255
    assert squashed[:, 8:].max() == 0


def test_a_frame_of_the_right_size_is_untouched() -> None:
    frame = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    np.testing.assert_array_equal(_codec().square(frame), frame)


@pytest.mark.parametrize("subsampling", ["444", "420"])
def test_jpeg_bytes_repeat_and_carry_the_subsampling(subsampling: str) -> None:
    frame = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    codec = _codec(subsampling=subsampling)
    jpeg = codec.encode(frame)
    assert jpeg == codec.encode(frame.copy())
    assert simplejpeg.decode_jpeg_header(jpeg)[3] == subsampling


def test_thumbnail_and_hash_tell_pictures_apart() -> None:
    frame = np.zeros((32, 32, 3), np.uint8)
    other = frame.copy()
    other[4:20, 4:12] = (255, 0, 0)
    assert len(thumbnail(frame)) == 256
    assert thumbnail(frame) != thumbnail(other)
    assert perceptual_hash(other) == perceptual_hash(other.copy())
    assert bin(perceptual_hash(frame) ^ perceptual_hash(other)).count("1") > 4
