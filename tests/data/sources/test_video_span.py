"""The pool of open videos: bounded, shared by spans of one file, right after a fork."""

import os
from pathlib import Path

import numpy as np

from lapa.data.sources import video_span
from lapa.data.sources.video_span import MAX_OPEN, VideoFile, VideoSpan, video_facts
from robot_files import assert_shows, pictures, write_video


def test_spans_of_one_file_index_it_once(tmp_path: Path, monkeypatch) -> None:
    write_video(tmp_path / "a.mp4", np.concatenate([pictures(0, 4), pictures(1, 4)]))
    opened = []
    original = VideoFile.open
    monkeypatch.setattr(VideoFile, "open", lambda self: opened.append(self) or original(self))
    video = VideoFile(tmp_path / "a.mp4")
    assert video_facts(video).num_frames == 8
    first = VideoSpan(video=video, num_frames=4)
    second = VideoSpan(video=VideoFile(tmp_path / "a.mp4"), num_frames=4, first=4)
    assert_shows(second.__call__([3])[0], 1, 3)
    assert_shows(first([0])[0], 0, 0)
    assert len(opened) == 1


def test_few_videos_stay_open(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.mp4" for number in range(MAX_OPEN + 3)]
    for path in paths:
        write_video(path, pictures(0, 2))
    for path in paths:
        video_facts(VideoFile(path))
    assert len(video_span._POOL._readers) == MAX_OPEN
    assert_shows(VideoSpan(video=VideoFile(paths[0]), num_frames=2)([1])[0], 0, 1)


def test_a_forked_process_opens_its_own(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", pictures(0, 4))
    span = VideoSpan(video=VideoFile(tmp_path / "a.mp4"), num_frames=4)
    expected = span([2])
    child = os.fork()
    if child == 0:
        os._exit(0 if (span([2]) == expected).all() else 1)
    assert os.waitpid(child, 0)[1] == 0
