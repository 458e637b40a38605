"""Pictures of any size, in order; what cannot be used is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lapa.data.bad_input import BadInputError
from lapa.inference.inputs import image_files
from lapa.inference.inputs.image_files import open_images
from lapa.records import FrameCodec

CODEC = FrameCodec(image_size=16)


def picture(path: Path, color: int, size: tuple[int, int]) -> Path:
    Image.new("RGB", size, (color, 0, 0)).save(path)
    return path


def test_pictures_of_different_sizes_come_in_the_order_given(tmp_path: Path) -> None:
    paths = [
        picture(tmp_path / "b.png", 200, (40, 30)),
        picture(tmp_path / "a.jpg", 90, (16, 64)),
    ]
    recording = open_images(paths)
    assert (recording.name, recording.num_frames, recording.fps) == ("b.png to a.jpg", 2, None)
    pictures = recording.pictures([0, 1], CODEC)
    np.testing.assert_allclose(pictures[..., 0].mean(axis=(1, 2)), [200, 90], atol=2)


def test_a_damaged_picture_is_named(tmp_path: Path) -> None:
    path = picture(tmp_path / "cut.png", 200, (40, 30))
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(BadInputError, match=r"cut\.png: corrupt_image"):
        open_images([path]).pictures([0], CODEC)


def test_a_huge_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_files, "MAX_BYTES", 20)
    with pytest.raises(BadInputError, match="expected at most 20"):
        open_images([picture(tmp_path / "a.png", 1, (40, 30))]).pictures([0], CODEC)
