"""The pixel range: bytes to [0, 1] and back."""

from __future__ import annotations

import pytest
import torch

from lapa.models.layers.pixels import to_bytes, to_float, to_frames


def test_round_trip_keeps_every_byte() -> None:
    images = torch.arange(256, dtype=torch.uint8).repeat(3).reshape(1, 16, 16, 3)
    floats = to_float(images)
    assert floats.shape == (1, 3, 16, 16)
    assert (floats.min(), floats.max()) == (0, 1)
    assert torch.equal(to_bytes(floats), images)


def test_frames_put_channels_before_time() -> None:
    pairs = torch.zeros(2, 2, 4, 5, 3, dtype=torch.uint8)
    pairs[:, 1, :, :, 2] = 255
    frames = to_frames(pairs)
    assert frames.shape == (2, 3, 2, 4, 5)
    assert frames[:, 2, 1].min() == 1
    assert frames[:, :2].max() == 0


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError, match=r"float32, expected torch\.uint8"):
        to_float(torch.zeros(1, 4, 4, 3))
