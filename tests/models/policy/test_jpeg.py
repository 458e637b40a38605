"""A policy's pictures lose what those of the shards lose."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
import torch

from lapa.data.shards.images import as_stored as as_stored_in_shards
from lapa.models.policy.frames import as_stored
from lapa.models.policy.jpeg import jpeg_round_trip
from lapa.records import FrameCodec
from models.policy.test_frames import frames


@pytest.mark.parametrize(("quality", "subsampling"), [(95, "444"), (40, "444"), (95, "420")])
def test_bytes_are_those_of_the_shards(quality: int, subsampling: Literal["444", "420"]) -> None:
    codec = FrameCodec(image_size=32, jpeg_quality=quality, jpeg_subsampling=subsampling)
    raw = frames(32, 50)  # cut alone: nothing is scaled, so nothing is rounded twice
    expected = np.stack([as_stored_in_shards(picture, codec) for picture in raw.numpy()])
    assert np.array_equal(as_stored(raw, codec).numpy(), expected)
    assert not np.array_equal(expected, raw[:, :, 9:41].numpy())


def test_a_picture_of_the_shards_is_not_compressed_again() -> None:
    codec = FrameCodec(image_size=32, jpeg_quality=40)
    images = frames(32, 32)
    assert torch.equal(as_stored(images, codec), images)
    assert not torch.equal(jpeg_round_trip(images, codec), images)
