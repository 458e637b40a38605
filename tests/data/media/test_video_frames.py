"""Lazy frames: plain data, few open files, resumed decoding."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from lapa.data.bad_input import BadInputError
from lapa.data.media import video_frames
from lapa.data.media.video_frames import VideoFrames
from toys.known_frames import numbers_of
from toys.videos import write_gray_video


def close_all() -> None:
    while video_frames._open:
        video_frames._open.popitem()[1].close()


def test_many_episodes_keep_few_files_open(tmp_path: Path) -> None:
    close_all()
    before = len(os.listdir("/proc/self/fd"))
    episodes = [VideoFrames(write_gray_video(tmp_path / f"{n}.mp4", 3), 3) for n in range(12)]
    for episode in episodes * 2:
        assert numbers_of(episode([2])) == [2]
    assert len(os.listdir("/proc/self/fd")) <= before + video_frames.OPEN_AT_ONCE
    close_all()
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_run_of_frames_is_an_episode_of_its_own(tmp_path: Path) -> None:
    path = write_gray_video(tmp_path / "a.mp4", 10)
    episode = VideoFrames(path, num_frames=4, first=5)
    assert numbers_of(episode()) == [5, 6, 7, 8]
    assert numbers_of(pickle.loads(pickle.dumps(episode))([3, 0])) == [8, 5]  # noqa: S301
    with pytest.raises(IndexError):
        episode([4])


def test_fewer_frames_than_promised_is_named(tmp_path: Path) -> None:
    episode = VideoFrames(write_gray_video(tmp_path / "a.mp4", 4), 6, source="web")
    with pytest.raises(
        BadInputError, match=r"web: .*a\.mp4: truncated_video: 4 frames, expected 6"
    ):
        episode([0])


def test_a_forked_child_opens_its_own_file(tmp_path: Path) -> None:
    episode = VideoFrames(write_gray_video(tmp_path / "a.mp4", 12), 12)
    assert numbers_of(episode([3])) == [3]
    child = os.fork()
    if child == 0:
        os._exit(0 if numbers_of(episode([4, 11])) == [4, 11] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert numbers_of(episode([4, 5])) == [4, 5]
