"""Promises of containers: a cut-off file is noticed, a whole one is not accused."""

from __future__ import annotations

import io

import pytest

from lapa.data.container_header import declared_size, missing_bytes
from recordings import encode_video, grey_frames

CASES = [
    ("libx264", "mp4"),
    ("mpeg4", "mov"),
    ("libx264", "matroska"),
    ("libvpx-vp9", "webm"),
    ("mpeg4", "avi"),
]


@pytest.mark.parametrize(("codec", "container"), CASES)
def test_cut_files_lack_what_was_cut(codec: str, container: str) -> None:
    data = encode_video(grey_frames(4), codec=codec, container=container)
    assert missing_bytes(io.BytesIO(data), len(data)) == 0
    for cut in (1, 100, len(data) // 2):
        part = data[:-cut]
        assert missing_bytes(io.BytesIO(part), len(part)) > 0


def test_other_bytes_promise_nothing() -> None:
    for data in (b"", b"GIF89a", b"<html>" * 100, b"\0" * 64):
        assert missing_bytes(io.BytesIO(data), len(data)) == 0
        assert declared_size(io.BytesIO(data), len(data)) == (0, 0)


def test_size_in_the_header_of_mp4() -> None:
    data = encode_video(grey_frames(2, height=48, width=64))
    assert declared_size(io.BytesIO(data), len(data)) == (48, 64)


def test_mutilated_headers_end_quietly() -> None:
    data = encode_video(grey_frames(2))
    start = data.index(b"moov")
    for position in range(start - 4, len(data), 7):
        broken = data[:position] + b"\xff\xff\xff\xff" + data[position + 4 :]
        missing_bytes(io.BytesIO(broken), len(broken))
        declared_size(io.BytesIO(broken), len(broken))
