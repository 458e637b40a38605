"""Depth beside colour: never read as colour without a word."""

from __future__ import annotations

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from lapa.data.bad_input import BadInputError, BadInputs
from lapa.data.sources import open_source
from lapa.data.sources.base.depth import named_depth
from toys.known_frames import pictures
from toys.videos import write_gray_video


@pytest.mark.parametrize(
    "path",
    [
        "depth/a.mp4",
        "Depth/a.png",
        "head_depth/0.png",
        "depth_left/0.png",
        "depthmaps/0.png",
        "videos/observation.images.depth_high/chunk-000/file-000.mp4",
        "a_depth.mp4",
        "depth_0.mp4",
        "depth0001.png",
        "frame-000001.depth.png",
        "0001-DEPTH.png",
    ],
)
def test_names_of_depth(path: str) -> None:
    assert named_depth(path)


@pytest.mark.parametrize(
    "path",
    [
        "a.mp4",
        "deep/a.mp4",
        "in_depth/a.mp4",
        "interview_in_depth.mp4",
        "depth_of_field/a.mp4",
        "water_depth_measurement.mp4",
        "depth-anything-demo.mp4",
    ],
)
def test_names_of_other_things(path: str) -> None:
    assert not named_depth(path)


def write_deep_video(path: Path, pixels: str = "gray16le") -> None:
    with av.open(str(path), "w") as file:
        stream = file.add_stream("ffv1", rate=10)
        stream.height, stream.width, stream.pix_fmt = 32, 32, pixels
        for number in range(4):
            values = np.full((32, 32), 900 * number, np.uint16)
            frame = av.VideoFrame.from_ndarray(values, format="gray16le").reformat(format=pixels)
            file.mux(stream.encode(frame))
        file.mux(stream.encode())


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    write_gray_video(tmp_path / "rgb/a.mp4")
    write_gray_video(tmp_path / "depth/a.mp4")
    write_deep_video(tmp_path / "rgb/b.mkv")
    return tmp_path


def test_depth_videos_are_refused_by_name(videos: Path) -> None:
    report = BadInputs()
    (episode,) = open_source("video_folder", videos, report=report)
    assert episode.episode_id == "rgb/a"
    assert {record.item: record.reason for record in report.records} == {
        "depth/a.mp4": "depth_not_color",
        "rgb/b.mkv": "depth_not_color",
    }
    with pytest.raises(BadInputError, match="depth: leave_out"):
        list(open_source("video_folder", videos))


def test_depth_videos_are_left_out_or_taken_where_asked(videos: Path) -> None:
    report = BadInputs()
    (episode,) = open_source("video_folder", videos, report=report, depth="leave_out")
    assert (episode.episode_id, report.records) == ("rgb/a", [])
    assert report.left_out[videos.name]["depth"] == 2
    assert len(list(open_source("video_folder", videos, depth="take"))) == 3
    with pytest.raises(ValueError, match="'refuse', 'leave_out' or 'take'"):
        list(open_source("video_folder", videos, depth="drop"))


def test_one_gray_channel_of_eight_bits_is_no_depth(tmp_path: Path) -> None:
    write_deep_video(tmp_path / "a.mkv", pixels="gray")
    (episode,) = open_source("video_folder", tmp_path)
    assert episode.num_frames == 4


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """One folder with both kinds side by side, one with depth alone, one with colour alone."""
    for name in ("both", "far", "near"):
        (tmp_path / name).mkdir()
    for number in range(3):
        depth = np.full((32, 32), 700 * number, np.uint16)
        cv2.imwrite(str(tmp_path / f"both/{number:04d}.color.png"), pictures(0, 3)[number])
        cv2.imwrite(str(tmp_path / f"both/{number:04d}.z.png"), depth)
        cv2.imwrite(str(tmp_path / f"far/{number:04d}.png"), depth)
        cv2.imwrite(str(tmp_path / f"near/{number:04d}.png"), pictures(0, 3)[number])
    return tmp_path


def test_depth_images_are_refused_and_the_color_beside_them_is_read(images: Path) -> None:
    report = BadInputs()
    found = list(open_source("image_folder", images, fps=5, report=report))
    assert [(e.episode_id, e.num_frames) for e in found] == [("both", 3), ("near", 3)]
    assert [record.item for record in report.records] == ["both/0000.z.png", "far/0000.png"]
    assert all("one channel of 16 bits" in record.detail for record in report.records)
    with pytest.raises(BadInputError, match="depth_not_color"):
        list(open_source("image_folder", images, fps=5))


def test_depth_images_are_counted_where_asked(images: Path) -> None:
    report = BadInputs()
    found = list(open_source("image_folder", images, fps=5, report=report, depth="leave_out"))
    assert len(found) == 2
    assert report.left_out[images.name] == {"depth": 6}
