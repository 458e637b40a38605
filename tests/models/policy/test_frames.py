"""Raw frames become the square pictures of the shards, whatever their shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch
from torch import Tensor

from lapa.data.shards.images import to_square as to_square_of_shards
from lapa.models.policy.frames import to_square
from lapa.models.policy.jpeg import jpeg_round_trip
from lapa.models.policy.storage import load_policy, save_policy
from lapa.records import FrameCodec
from models.policy.test_policy import TEXTS, make

Resize = Literal["crop", "squash"]


def codec(size: int = 16, resize: Resize = "crop") -> FrameCodec:
    return FrameCodec(image_size=size, resize=resize)


def frames(height: int, width: int, batch: int = 3) -> Tensor:
    """Smooth pictures with noise, as cameras give them."""
    generator = torch.Generator().manual_seed(0)
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    waves = 100 + 60 * torch.sin(rows / 5)[..., None] + 40 * torch.cos(columns / 7)[..., None]
    noise = 20 * torch.rand((batch, height, width, 3), generator=generator)
    return (waves + noise).clamp(0, 255).to(torch.uint8)


def test_a_picture_of_the_right_size_is_untouched() -> None:
    images = frames(16, 16)
    assert torch.equal(to_square(images, codec()), images)
    assert torch.equal(to_square(images, codec(resize="squash")), images)


@pytest.mark.parametrize("shape", [(16, 30), (30, 16), (17, 16)])
def test_the_crop_keeps_the_center(shape: tuple[int, int]) -> None:
    height, width = shape
    images = frames(height, width)
    top, left = (height - 16) // 2, (width - 16) // 2
    center = images[:, top : top + 16, left : left + 16]
    assert torch.equal(to_square(images, codec()), center)


def test_the_squash_keeps_the_edges() -> None:
    images = torch.zeros(1, 32, 64, 3, dtype=torch.uint8)
    images[:, :, :4] = 200
    assert (to_square(images, codec(resize="squash"))[:, :, 0] == 200).all()
    assert (to_square(images, codec(resize="crop")) == 0).all()


@pytest.mark.parametrize("resize", ["crop", "squash"])
@pytest.mark.parametrize(
    ("shape", "tolerance"),
    [((48, 64), 1), ((64, 48), 1), ((45, 77), 1), ((33, 33), 1), ((10, 12), 2), ((16, 40), 2)],
)
def test_bytes_are_those_of_the_shards(
    shape: tuple[int, int], tolerance: int, resize: Resize
) -> None:
    images = frames(*shape)
    expected = np.stack([to_square_of_shards(i, codec(16, resize)) for i in images.numpy()])
    square = to_square(images, codec(16, resize)).numpy()
    assert square.shape == (3, 16, 16, 3)
    difference = np.abs(square.astype(int) - expected.astype(int))
    assert difference.max() <= tolerance


def test_a_raw_frame_is_acted_on_like_the_one_cut_out_by_hand() -> None:
    policy, _ = make()
    raw = frames(16, 24)
    cut = jpeg_round_trip(raw[:, :, 4:20], policy.frame_codec)
    assert torch.equal(policy.predict(raw, TEXTS), policy.predict(cut, TEXTS))
    assert not torch.equal(policy.predict(raw, TEXTS), policy.predict(raw[:, :, :16], TEXTS))


def test_the_codec_is_saved_with_the_policy(tmp_path: Path) -> None:
    policy, config = make()
    squashed = config.model_copy(update={"frame_codec": codec(resize="squash")})
    save_policy(tmp_path, policy, squashed)
    assert json.loads((tmp_path / "config.json").read_text())["frame_codec"]["resize"] == "squash"
    raw = frames(16, 24)
    restored = load_policy(tmp_path)
    assert restored.frame_codec == squashed.frame_codec
    assert not torch.equal(restored.predict(raw, TEXTS), policy.predict(raw, TEXTS))
