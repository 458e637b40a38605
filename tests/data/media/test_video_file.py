"""Every suffix that is taken names a container that can be opened, and is found in a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from lapa.data.bad_input import BadInputError
from lapa.data.media.video_decode import VideoReader
from lapa.data.media.video_file import READABLE_SUFFIXES, VideoFile
from lapa.data.sources import open_source
from toys.known_frames import gray_frames, numbers_of
from toys.videos import encode_video

WRITERS = {
    ".mp4": ("libx264", "mp4"),
    ".mov": ("libx264", "mov"),
    ".3gp": ("mpeg4", "3gp"),
    ".mkv": ("libx264", "matroska"),
    ".webm": ("libvpx-vp9", "webm"),
    ".avi": ("mpeg4", "avi"),
    ".ts": ("libx264", "mpegts"),
    ".mpg": ("mpeg2video", "mpeg"),
    ".vob": ("mpeg2video", "vob"),
    ".flv": ("flv", "flv"),
    ".wmv": ("wmv2", "asf"),
    ".ogv": ("libvpx", "ogg"),
    ".GIF": ("gif", "gif"),
}


@pytest.mark.parametrize("suffix", WRITERS)
def test_readable_suffixes_are_read(tmp_path: Path, suffix: str) -> None:
    codec, container = WRITERS[suffix]
    pixel_format = "rgb8" if codec == "gif" else "yuv420p"
    data = encode_video(
        gray_frames(12), codec=codec, container=container, fps=25, pixel_format=pixel_format
    )
    (tmp_path / f"a{suffix}").write_bytes(data)
    assert suffix.lower() in READABLE_SUFFIXES
    (episode,) = open_source("video_folder", tmp_path)
    assert episode.fps == pytest.approx(25)
    assert numbers_of(episode.frames()) == list(range(12))
    assert numbers_of(episode.frames([11, 2])) == [11, 2]


def test_a_file_can_be_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "a.ts"
    path.write_bytes(encode_video(gray_frames(5), container="mpegts"))
    file = VideoFile(path, max_pixels=1 << 20, threads=1)
    assert sum(1 for _ in file.container.decode(file.stream)) == 5
    file.reopen()
    assert sum(1 for _ in file.container.decode(file.stream)) == 5
    file.close()


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".gif"])
def test_a_video_without_an_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    """By its sample table, by its packets, and by decoding: whichever tells how many frames there are."""
    monkeypatch.setattr("lapa.data.media.video_index.MAX_FRAMES", 8)
    codec, container = {**WRITERS, ".gif": ("gif", "gif")}[suffix]
    pixel_format = "rgb8" if codec == "gif" else "yuv420p"
    data = encode_video(
        gray_frames(12), codec=codec, container=container, pixel_format=pixel_format
    )
    with pytest.raises(BadInputError, match="endless_video: over 8 frames"):
        VideoReader(data)
