"""Promises of containers: a cut-off file is noticed, a whole one is not accused."""

from __future__ import annotations

import io
import struct

import pytest

from lapa.data.bad_input import BadInputError
from lapa.data.media.container_header import declared_size, missing_bytes
from lapa.data.media.video_decode import VideoReader
from toys.edited_videos import with_header_first
from toys.known_frames import gray_frames, numbers_of
from toys.videos import encode_video

CASES = [
    ("libx264", "mp4"),
    ("mpeg4", "mov"),
    ("libx264", "matroska"),
    ("libvpx-vp9", "webm"),
    ("mpeg4", "avi"),
]


@pytest.mark.parametrize(("codec", "container"), CASES)
def test_cut_files_lack_what_was_cut(codec: str, container: str) -> None:
    data = encode_video(gray_frames(4), codec=codec, container=container)
    assert missing_bytes(io.BytesIO(data), len(data)) == 0
    for cut in (1, 100, len(data) // 2):
        part = data[:-cut]
        assert missing_bytes(io.BytesIO(part), len(part)) > 0


def test_other_bytes_promise_nothing() -> None:
    for data in (b"", b"GIF89a", b"<html>" * 100, b"\0" * 64):
        assert missing_bytes(io.BytesIO(data), len(data)) == 0
        assert declared_size(io.BytesIO(data), len(data)) == (0, 0)


def test_size_in_the_header_of_mp4() -> None:
    data = encode_video(gray_frames(2, height=48, width=64))
    assert declared_size(io.BytesIO(data), len(data)) == (48, 64)


def test_mutilated_headers_end_quietly() -> None:
    data = encode_video(gray_frames(2))
    start = data.index(b"moov")
    for position in range(start - 4, len(data), 7):
        broken = data[:position] + b"\xff\xff\xff\xff" + data[position + 4 :]
        missing_bytes(io.BytesIO(broken), len(broken))
        declared_size(io.BytesIO(broken), len(broken))


TAILS = {
    "trailer of an action camera": b"\x03\x01\xe4\x07\x00\x00" + bytes(range(1, 200)) * 3,
    "text": b"recorded by robot 7\n" * 4,
    "padding": bytes(300),
    "a few bytes": b"abc",
    "looks like an enormous box": struct.pack(">I4s", 1 << 30, b"junk") + bytes(40),
    "free box longer than the file": struct.pack(">I4s", 1 << 20, b"free") + bytes(40),
    "user data": struct.pack(">I4s", 24, b"udta") + bytes(16),
    "a box with 64 bits": struct.pack(">I4sQ", 1, b"uuid", 1 << 40) + bytes(40),
}
WHOLE = [*CASES, ("libx264", "mpegts"), ("libx264", "flv"), ("wmv2", "asf"), ("mpeg2video", "mpeg")]


@pytest.mark.parametrize("tail", TAILS.values(), ids=TAILS)
@pytest.mark.parametrize(("codec", "container"), WHOLE)
def test_bytes_behind_a_whole_file_are_no_truncation(
    codec: str, container: str, tail: bytes
) -> None:
    data = encode_video(gray_frames(12), codec=codec, container=container, fps=25) + tail
    assert missing_bytes(io.BytesIO(data), len(data)) == 0
    with VideoReader(data) as reader:
        assert numbers_of(reader.frames()) == list(range(12))


@pytest.mark.parametrize("tail", TAILS.values(), ids=TAILS)
def test_cut_before_its_trailer_a_file_is_truncated(tail: bytes) -> None:
    """What a camera appends hides no loss: the sample table points beyond the end."""
    whole = with_header_first(encode_video(gray_frames(12)))
    assert whole.index(b"moov") < whole.index(b"mdat")
    cut = whole[: len(whole) - 400] + tail[:300]
    with pytest.raises(BadInputError, match="truncated_video"), VideoReader(cut) as reader:
        reader.frames()


def test_a_media_box_may_promise_more_than_its_samples_need() -> None:
    whole = with_header_first(encode_video(gray_frames(12)))
    start = whole.index(b"mdat") - 4
    longer = struct.pack(">I", int.from_bytes(whole[start : start + 4], "big") + 5000)
    with VideoReader(whole[:start] + longer + whole[start + 4 :]) as reader:
        assert numbers_of(reader.frames()) == list(range(12))


@pytest.mark.parametrize("length", [0, 0xFFFFFFFF])
def test_an_avi_that_was_never_finished_is_read(length: int) -> None:
    data = encode_video(gray_frames(12), codec="mjpeg", container="avi")
    unfinished = data[:4] + struct.pack("<I", length) + data[8:]
    with VideoReader(unfinished) as reader:
        assert numbers_of(reader.frames()) == list(range(12))


def test_boxes_in_front_are_walked() -> None:
    data = encode_video(gray_frames(12))
    for kind in (b"uuid", b"free", b"wide", b"skip"):
        moved = struct.pack(">I4s", 24, kind) + bytes(16) + data
        assert missing_bytes(io.BytesIO(moved[:-100]), len(moved) - 100) > 0
