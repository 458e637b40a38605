from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from lapa.data.media.video_encode import write_lossless_video, write_playable_video


def decode(path: Path) -> tuple[np.ndarray, Any, float]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = np.stack([f.to_ndarray(format="rgb24") for f in container.decode(stream)])
        return frames, stream.format.name, float(stream.average_rate)


@pytest.mark.parametrize("shape", [(5, 64, 64, 3), (3, 31, 45, 3), (1, 16, 16, 3)])
def test_lossless_video_is_bit_exact(tmp_path: Path, shape: tuple[int, ...]) -> None:
    frames = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    write_lossless_video(tmp_path / "a.mp4", frames, fps=10)
    decoded, _, rate = decode(tmp_path / "a.mp4")
    np.testing.assert_array_equal(decoded, frames)
    assert rate == 10


def test_the_file_is_a_function_of_the_pixels(tmp_path: Path) -> None:
    frames = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), dtype=np.uint8)
    for name in ("a", "b"):
        write_lossless_video(tmp_path / f"{name}.mp4", frames, fps=10)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_playable_video_is_what_browsers_expect(tmp_path: Path) -> None:
    frames = np.full((6, 32, 32, 3), (200, 60, 30), dtype=np.uint8)
    write_playable_video(tmp_path / "a.mp4", frames, fps=10, scale=4)
    decoded, pixel_format, _ = decode(tmp_path / "a.mp4")
    assert pixel_format == "yuv420p"
    assert decoded.shape == (6, 128, 128, 3)
    assert np.abs(decoded.astype(int) - (200, 60, 30)).max() < 8


@pytest.mark.parametrize(
    "frames",
    [np.zeros((2, 8, 8, 3)), np.zeros((0, 8, 8, 3), np.uint8), np.zeros((8, 8, 3), np.uint8)],
)
def test_other_arrays_are_refused(tmp_path: Path, frames: np.ndarray) -> None:
    with pytest.raises(ValueError, match="expected uint8"):
        write_lossless_video(tmp_path / "a.mp4", frames, fps=10)
