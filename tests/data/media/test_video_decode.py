"""Videos: true counts, exact frames in any order, and everything that is no video."""

from __future__ import annotations

import io
import os
import struct
from pathlib import Path

import av
import numpy as np
import pytest

from lapa.data.bad_input import BadInputError
from lapa.data.media.video_decode import VideoReader
from toys.known_frames import gray_frames, numbers_of
from toys.videos import encode_video, write_gray_video

CODECS = [
    ("libx264", "mp4", {}),
    ("libx264", "mp4", {"x264-params": "bframes=3:open-gop=1"}),
    ("libx264", "matroska", {"bf": "2"}),
    ("mpeg4", "mp4", {}),
    ("mpeg4", "avi", {}),
    ("libvpx-vp9", "webm", {"deadline": "realtime", "cpu-used": "8"}),
    ("libvpx", "webm", {"deadline": "realtime", "auto-alt-ref": "1", "lag-in-frames": "8"}),
    ("libsvtav1", "mp4", {"preset": "13", "svtav1-params": "lp=1"}),
    ("mjpeg", "mov", {}),
    ("libx264", "mov", {}),
    ("libx264", "avi", {}),
    ("libx264", "mpegts", {}),
    ("libx264", "flv", {}),
    ("flv", "flv", {}),
    ("libx264", "asf", {}),
    ("wmv2", "asf", {}),
    ("libvpx", "ogg", {"deadline": "realtime"}),
    ("mpeg4", "3gp", {}),
    ("ffv1", "matroska", {}),
]


def reason(video: Path | bytes, **options: int) -> str:
    with pytest.raises(BadInputError) as caught, VideoReader(video, **options) as reader:
        reader.frames()
    return caught.value.record.reason


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv444p", "yuv420p10le", "bgr0", "gray"])
def test_one_converter_gives_the_pixels_of_each_frame_s_own(pixel_format: str) -> None:
    frames = np.random.default_rng(0).integers(0, 256, (5, 50, 86, 3), dtype=np.uint8)
    video = encode_video(frames, codec="ffv1", container="matroska", pixel_format=pixel_format)
    with av.open(io.BytesIO(video)) as file:
        alone = [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
    with VideoReader(video) as reader:
        np.testing.assert_array_equal(reader.frames(), np.stack(alone))


@pytest.mark.parametrize(("codec", "container", "options"), CODECS)
def test_any_frame_of_any_codec(codec: str, container: str, options: dict[str, str]) -> None:
    frames = gray_frames(26)
    video = encode_video(frames, codec=codec, container=container, fps=10, gop=8, options=options)
    order = np.random.default_rng(0).permutation(26).tolist()
    with VideoReader(video) as reader:
        assert reader.num_frames == 26
        assert reader.fps == pytest.approx(10, rel=0.01)
        assert numbers_of(reader.frames()) == list(range(26))
        assert [numbers_of(reader.frames([number]))[0] for number in order] == order
        assert numbers_of(reader.frames([25, 0, 25, 9])) == [25, 0, 25, 9]
        assert reader.frames([]).shape == (0, 48, 64, 3)
        with pytest.raises(IndexError, match="26 frames"):
            reader.frames([26])


@pytest.mark.parametrize(
    ("codec", "container"),
    [
        ("mpeg2video", "mpegts"),
        ("mpeg2video", "mpeg"),
        ("mpeg1video", "mpeg"),
        ("mpeg2video", "vob"),
    ],
)
def test_broadcast_streams(codec: str, container: str) -> None:
    with VideoReader(
        encode_video(gray_frames(26), codec=codec, container=container, fps=25, gop=8)
    ) as reader:
        assert reader.num_frames == 26
        assert reader.fps == pytest.approx(25)
        assert numbers_of(reader.frames()) == list(range(26))
        assert numbers_of(reader.frames([25, 3, 14])) == [25, 3, 14]


def test_a_stream_cut_between_key_frames_begins_with_the_first_whole_picture() -> None:
    """A trimmed transport stream still holds frames that refer to what was cut away."""
    data = encode_video(gray_frames(28), container="mpegts", gop=10)
    starts = [at for at in range(188, len(data), 188) if data[at + 1] & 0x40]
    found = set()
    for start in starts[:12]:
        with VideoReader(data[: 188 * 3] + data[start:]) as reader:
            shown = numbers_of(reader.frames())
            assert shown == list(range(shown[0], 28))
            assert len(shown) == reader.num_frames
            found.add(shown[0])
    assert len(found) > 1


def test_sequential_chunks_decode_each_frame_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with VideoReader(encode_video(gray_frames(24), gop=6)) as reader:
        seeks = []
        start = reader._playhead._start
        monkeypatch.setattr(
            reader._playhead, "_start", lambda index, **kw: seeks.append(kw) or start(index, **kw)
        )
        chunks = [reader.frames(range(first, first + 8)) for first in (0, 8, 16)]
        assert numbers_of(np.concatenate(chunks)) == list(range(24))
        assert seeks == [{"seek_to": None}], "started once, at the beginning"
        reader.frames([3])
        assert len(seeks) == 2


def test_the_header_is_not_believed_about_the_count() -> None:
    """An index that lists more frames than the file holds is a truncation."""
    data = encode_video(gray_frames(6), codec="mpeg4", container="avi")
    start = data.index(b"strh") + 8 + 32
    assert struct.unpack("<I", data[start : start + 4])[0] == 6
    with VideoReader(data[:start] + struct.pack("<I", 4) + data[start + 4 :]) as reader:
        assert reader.num_frames == 6


def test_counting_an_mp4_reads_its_table_only() -> None:
    with VideoReader(encode_video(gray_frames(26))) as reader:
        assert reader.num_frames == 26
        assert reader.largest_gap_s == pytest.approx(0.1)
        assert reader._index is None
        assert numbers_of(reader.frames([25])) == [25]
    with VideoReader(encode_video(gray_frames(26), container="matroska")) as reader:
        assert reader._index is not None


def test_fragmented_mp4_is_counted_from_its_packets() -> None:
    options = {"movflags": "frag_keyframe+empty_moov"}
    video = encode_video(gray_frames(26), container_options=options, gop=6)
    with VideoReader(video) as reader:
        assert reader.num_frames == 26
        assert numbers_of(reader.frames()) == list(range(26))
    assert reason(video[: len(video) // 2]) == "truncated_video"


def test_lost_frames_show_as_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "gap.mp4"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=10)
        stream.height, stream.width = 48, 64
        for number, image in enumerate(gray_frames(8)):
            frame = av.VideoFrame.from_ndarray(image, format="rgb24")
            frame.pts = number if number < 5 else number + 20
            file.mux(stream.encode(frame))
        file.mux(stream.encode())
    with VideoReader(path) as reader:
        assert reader.largest_gap_s == pytest.approx(2.1)
        assert numbers_of(reader.frames()) == list(range(8))


def test_one_frame_video_can_be_read(tmp_path: Path) -> None:
    with VideoReader(write_gray_video(tmp_path / "one.mp4", num_frames=1)) as reader:
        assert reader.num_frames == 1
        assert reader.frames().shape == (1, 48, 64, 3)


def test_what_is_no_video_is_named(tmp_path: Path) -> None:
    assert reason(b"") == "empty_video"
    assert reason(b"<html><body>404</body></html>" * 50) == "unreadable_video"
    assert reason(b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n") == "unreadable_video"
    whole = write_gray_video(tmp_path / "a.mp4").read_bytes()
    for part in (whole[:-1], whole[: len(whole) // 2], whole[:40]):
        assert reason(part) in ("truncated_video", "unreadable_video")


@pytest.mark.parametrize("container", ["mp4", "matroska", "avi"])
def test_truncation_is_named_for_every_container(container: str) -> None:
    codec = "mpeg4" if container == "avi" else "libx264"
    whole = encode_video(gray_frames(20), codec=codec, container=container)
    assert reason(whole[: int(len(whole) * 0.8)]) == "truncated_video"


def test_absurd_dimensions_are_refused_before_decoding() -> None:
    data = bytearray(encode_video(gray_frames(2)))
    entry = data.index(b"avc1", data.index(b"stsd"))
    data[entry + 28 : entry + 32] = struct.pack(">HH", 30000, 30000)
    assert reason(bytes(data)) == "absurd_dimensions"
    for codec, container in (("libx264", "mp4"), ("libvpx-vp9", "webm"), ("mpeg4", "avi")):
        video = encode_video(gray_frames(2, 256, 256), codec=codec, container=container)
        assert reason(video, max_pixels=255 * 255) == "absurd_dimensions"


def test_a_codec_without_decoder_is_named() -> None:
    data = encode_video(gray_frames(2))
    entry = data.index(b"avc1", data.index(b"stsd"))
    assert reason(data[:entry] + b"zzzz" + data[entry + 4 :]) == "unsupported_codec"


def test_sound_only_is_named(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as file:
        stream = file.add_stream("aac", rate=8000)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 2048), np.float32), "fltp", "mono")
        sound.rate = 8000
        file.mux(stream.encode(sound))
        file.mux(stream.encode())
    assert reason(path) == "no_video_stream"


def test_failed_and_closed_readers_hold_no_file(tmp_path: Path) -> None:
    good, bad_file = write_gray_video(tmp_path / "a.mp4"), tmp_path / "b.mp4"
    bad_file.write_bytes(b"no video at all")
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        assert reason(bad_file) == "unreadable_video"
        with VideoReader(good) as reader:
            reader.frames([0])
    assert len(os.listdir("/proc/self/fd")) == before
