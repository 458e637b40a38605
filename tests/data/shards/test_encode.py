"""Frames are decoded in runs that memory is meant for, and all of one size."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from lapa.data.bad_input import BadInputError
from lapa.data.episode import Episode, Frames
from lapa.data.shards.encode import encode_clips
from lapa.records import FrameCodec


def episode(sizes: Sequence[int], asked: list[int]) -> Episode:
    """Square frames of these sides; ``asked`` receives how many were read at a time."""

    def read(indices: Sequence[int] | None = None) -> Frames:
        assert indices is not None
        asked.append(len(indices))
        side = sizes[indices[0]]
        return np.zeros((len(indices), side, side, 3), np.uint8)

    return Episode(source="a", episode_id="b", num_frames=len(sizes), fps=10, read_frames=read)


def encoded(sizes: Sequence[int]) -> list[int]:
    asked: list[int] = []
    codec = FrameCodec(image_size=16)
    for clip in encode_clips(episode(sizes, asked), codec=codec, clip_frames=64, overlap=0):
        assert len(clip.jpegs) == clip.window.num_frames
    return asked


def test_small_frames_come_many_at_a_time() -> None:
    assert encoded([32] * 40) == [1, 32, 7]


def test_large_frames_come_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lapa.data.shards.encode.DECODED_BYTES", 5 * 32 * 32 * 3)
    assert encoded([32] * 12) == [1, 5, 5, 1]


def test_frames_of_another_size_are_refused() -> None:
    with pytest.raises(BadInputError, match="mixed_sizes"):
        encoded([32] * 33 + [48])
