"""Every decoder shows what a player shows: rotated, mirrored, square pixels, clean aperture."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lapa.data.bad_input import BadInputError
from lapa.data.media.encoded_frames import EncodedFrames
from lapa.data.media.video_decode import VideoReader
from lapa.data.sources import open_source
from lapa.data.sources.lerobot.images import TableImages
from toys.edited_videos import with_clean_aperture, with_pixel_crop
from toys.orientations import is_like, landmarks, matrix_of, stored_for, with_exif
from toys.rlds import bridge_example, write_rlds
from toys.videos import encode_video

TURNS = [
    (codec, container, orientation)
    for codec, container, orientations in (
        ("libx264", "mp4", range(1, 9)),
        ("mpeg4", "mov", range(1, 9)),
        # Matroska stores a roll, no mirror
        ("libx264", "matroska", (1, 3, 6, 8)),
        ("libvpx-vp9", "webm", (1, 3, 6, 8)),
    )
    for orientation in orientations
]


def repeated(image: np.ndarray, count: int = 6) -> np.ndarray:
    return np.repeat(image[None], count, axis=0)


@pytest.mark.parametrize(("codec", "container", "orientation"), TURNS)
def test_display_matrices_are_applied(codec: str, container: str, orientation: int) -> None:
    shown = landmarks()
    video = encode_video(
        repeated(stored_for(shown, orientation)),
        codec=codec,
        container=container,
        matrix=matrix_of(orientation),
    )
    with VideoReader(video) as reader:
        assert (reader.height, reader.width) == shown.shape[:2]
        assert all(is_like(frame, shown) for frame in reader.frames())
        assert is_like(reader.frames([4])[0], shown)
        assert len(reader.display.notes) == (orientation != 1)


@pytest.mark.parametrize(("aspect", "size"), [("4/3", (48, 85)), ("1/2", (96, 64))])
@pytest.mark.parametrize("container", ["mp4", "matroska", "avi", "mpegts"])
def test_pixels_become_square(aspect: str, size: tuple[int, int], container: str) -> None:
    codec = "mpeg4" if container == "avi" else "libx264"
    frames = repeated(landmarks())
    video = encode_video(frames, codec=codec, container=container, pixel_aspect=Fraction(aspect))
    with VideoReader(video) as reader:
        assert (reader.height, reader.width) == size
        assert is_like(reader.frames([3])[0], landmarks(*size))
        assert f"pixel aspect ratio {aspect}" in reader.display.notes[0]


def test_an_aspect_that_only_rounds_is_left_alone() -> None:
    with VideoReader(
        encode_video(repeated(landmarks()), pixel_aspect=Fraction(1280, 1281))
    ) as reader:
        assert reader.frames([0]).shape == (1, 48, 64, 3)
        assert reader.display.notes == ()


def test_an_absurd_aspect_is_refused_before_memory_is_spent() -> None:
    video = encode_video(repeated(landmarks()), pixel_aspect=Fraction(20))
    with pytest.raises(BadInputError, match="absurd_dimensions"):
        VideoReader(video, max_pixels=1 << 15)


def test_aspect_counts_before_the_picture_is_turned() -> None:
    shown = landmarks(height=128, width=48)
    stored = stored_for(shown, 6)[:, ::2]
    video = encode_video(repeated(stored), matrix=matrix_of(6), pixel_aspect=Fraction(2))
    with VideoReader(video) as reader:
        assert (reader.height, reader.width) == (128, 48)
        assert is_like(reader.frames([2])[0], shown)


def test_the_clean_aperture_is_cut_out() -> None:
    whole = landmarks(64, 96)
    video = encode_video(repeated(whole))
    # 80 x 40, its middle 4 pixels right of and 6 above the picture's
    cut = with_clean_aperture(video, (80, 1, 40, 1, 4, 1, -6, 1))
    with VideoReader(cut) as reader:
        assert (reader.height, reader.width) == (40, 80)
        assert is_like(reader.frames([5])[0], whole[6:46, 12:92])
        assert reader.display.notes == ("cropped to the clean aperture that the file declares",)
    for nonsense in ((80, 0, 40, 1, 0, 1, 0, 1), (800, 1, 40, 1, 0, 1, 0, 1), (0,) * 8):
        with VideoReader(with_clean_aperture(video, nonsense)) as reader:
            assert reader.frames([0]).shape == (1, 64, 96, 3)


def test_the_pixel_crop_of_matroska_is_cut_out() -> None:
    whole = landmarks(64, 96)
    video = encode_video(repeated(whole), container="matroska")
    with VideoReader(with_pixel_crop(video, top=4, bottom=8, left=16, right=12)) as reader:
        assert (reader.height, reader.width) == (52, 68)
        assert is_like(reader.frames([5])[0], whole[4:56, 16:84])
        assert reader.display.notes == ("cropped to the clean aperture that the file declares",)
    with pytest.raises(BadInputError, match="unreadable_video"):
        VideoReader(with_pixel_crop(video, top=40, bottom=40, left=0, right=0))


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def test_a_folder_of_phone_videos_says_what_was_done(tmp_path: Path) -> None:
    shown = landmarks(96, 64)
    write(tmp_path / "a.mp4", encode_video(repeated(stored_for(shown, 6)), matrix=matrix_of(6)))
    write(tmp_path / "b.mov", encode_video(repeated(shown), container="mov"))
    turned, plain = open_source("video_folder", tmp_path)
    assert is_like(turned.frames([0])[0], shown)
    assert is_like(plain.frames([0])[0], shown)
    assert turned.provenance["notes"] == [
        "stored pictures are rotated by 90 degrees clockwise, as players show them"
    ]
    assert turned.provenance["stored_size"] == [64, 96]
    assert plain.provenance["notes"] == []
    assert "stored_size" not in plain.provenance


def test_images_of_every_kind_of_source_are_upright(tmp_path: Path) -> None:
    shown = landmarks(96, 64)
    data = with_exif(stored_for(shown, 8), 8, "JPEG")
    for number in range(3):
        write(tmp_path / "frames" / f"{number}.jpg", data)
    (episode,) = open_source("image_folder", tmp_path / "frames", fps=5)
    assert is_like(episode.frames([1])[0], shown)
    assert "counter-clockwise" in episode.provenance["notes"][0]
    assert is_like(EncodedFrames((data,))()[0], shown)
    table = pa.table({"episode_index": [0, 0], "front": [{"bytes": data, "path": None}] * 2})
    pq.write_table(table, tmp_path / "images.parquet")
    lerobot = TableImages(tmp_path / "images.parquet", "front", 0, 2, "mine", "0", 1 << 24)
    assert is_like(lerobot([1])[0], shown)
    write_rlds(tmp_path / "rlds" / "1.0.0", [[bridge_example(1, steps=3, image_0=[data] * 3)]])
    (record,) = open_source("rlds", tmp_path / "rlds")
    assert is_like(record.frames([2])[0], shown)
