"""Recordings that teach nothing are reported by name, and refused where asked for."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lapa.data.bad_input import BadInputError
from lapa.data.episode import Episode
from lapa.data.ingest import ingest
from lapa.data.loading.pairs import open_pairs
from lapa.params.ingestion import IngestionParams, SourceParams
from lapa.records import PairSpec
from toys.episodes import moving_square_episodes
from toys.known_frames import gray_frames
from toys.orientations import landmarks
from toys.shards import tiny_shard_set
from toys.videos import encode_video


def episode_of(number: int, frames: np.ndarray) -> Episode:
    made = moving_square_episodes(number + 1, len(frames))[number]

    def read(indices: Sequence[int] | None = None) -> np.ndarray:
        return frames if indices is None else frames[list(indices)]

    return replace(made, read_frames=read)


def noise(level: int, shape: tuple[int, ...]) -> np.ndarray:
    return np.random.default_rng(0).integers(0, level + 1, shape).astype(np.uint8)


SHAPE = (20, 32, 32, 3)
STILL = np.repeat(landmarks(32, 32)[None], 20, axis=0)
HUES = np.full(SHAPE, (220, 40, 40), np.uint8)
HUES[10:] = 94  # as bright a grey
SPOT = STILL.copy()
SPOT[15, 20:24, 20:24] = 0
RECORDINGS = {
    "black": noise(12, SHAPE),
    "one_color": np.full(SHAPE, (90, 140, 30), np.uint8),
    "unchanging": np.clip(STILL.astype(int) + noise(1, SHAPE), 0, 255).astype(np.uint8),
}
LIVELY = [HUES, SPOT, gray_frames(20, 32, 32)]


def report_of(path: str) -> Any:
    return json.loads(Path(path, "ingestion_report.json").read_text())


def test_still_recordings_are_named_and_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    frames = [*RECORDINGS.values(), *LIVELY]
    episodes = [episode_of(number, images) for number, images in enumerate(frames)]
    with caplog.at_level(logging.WARNING):
        shard_set = tiny_shard_set(tmp_path, episodes=episodes)
    report = report_of(shard_set.path)
    assert report["notes"]["counts"] == dict.fromkeys(sorted(RECORDINGS), 1)
    found = {entry["reason"]: entry["item"] for entry in report["notes"]["items"]}
    assert found == {reason: f"0-{n:04d}" for n, reason in enumerate(RECORDINGS)}
    assert report["sources"]["squares"]["notes"] == {
        "all frames are black": 1,
        "all frames are one and the same colour": 1,
        "the picture never changes": 1,
    }
    assert report["sources"]["squares"]["episodes"] == len(frames)
    assert "recordings to look at: black 1, one_color 1, unchanging 1" in caplog.text


@pytest.mark.parametrize(
    ("codec", "container"), [("libx264", "mp4"), ("libvpx-vp9", "webm"), ("mpeg4", "avi")]
)
def test_codecs_do_not_hide_a_frozen_picture(tmp_path: Path, codec: str, container: str) -> None:
    frames = np.repeat(landmarks(96, 128)[None], 30, axis=0)
    moving = frames.copy()
    moving[20:, 40:48, 60:68] = 255
    videos = tmp_path / "videos"
    videos.mkdir()
    for name, film_of in (("frozen", frames), ("moving", moving)):
        data = encode_video(film_of, codec=codec, container=container)
        (videos / f"{name}.{container}").write_bytes(data)
    params = IngestionParams(max_horizon_s=0.5, image_size=256)
    source = SourceParams(kind="video_folder", path=str(videos))
    shard_set = ingest(sources=[source], params=params, out=tmp_path / "shards")
    (note,) = report_of(shard_set.path)["notes"]["items"]
    assert (note["item"], note["reason"]) == ("frozen", "unchanging")


@pytest.mark.parametrize("reason", RECORDINGS)
def test_still_recordings_are_refused_where_asked_for(tmp_path: Path, reason: str) -> None:
    episodes = [*moving_square_episodes(4), episode_of(5, RECORDINGS[reason])]
    with pytest.raises(
        BadInputError, match=f"squares: 0-0005: {reason}: no part of the picture changes"
    ):
        tiny_shard_set(tmp_path / "raise", episodes=episodes, still_recordings="refuse")
    shard_set = tiny_shard_set(
        tmp_path,
        episodes=episodes,
        still_recordings="refuse",
        on_bad_sample="skip",
        split={"val_fraction": 0.4},  # one of the two held-out ones is left
    )
    report = report_of(shard_set.path)
    assert report["skipped"]["counts"] == {reason: 1}
    assert report["sources"]["squares"]["episodes"] == 4


def test_uneven_videos_are_reported_with_their_figures(tmp_path: Path) -> None:
    videos = tmp_path / "videos"
    videos.mkdir()
    times = [*range(0, 1000, 100), *range(1000, 5000, 400)]
    (videos / "phone.mp4").write_bytes(encode_video(gray_frames(20), times_ms=times))
    (videos / "even.mp4").write_bytes(encode_video(gray_frames(20)))
    params = IngestionParams(max_horizon_s=0.5, image_size=32)
    source = SourceParams(kind="video_folder", path=str(videos))
    shard_set = ingest(sources=[source], params=params, out=tmp_path / "shards")
    report = report_of(shard_set.path)
    (note,) = report["notes"]["items"]
    assert (note["item"], note["reason"]) == ("phone", "uneven_intervals")
    assert "0.1 to 0.4 s" in note["detail"]
    assert report["sources"]["videos"]["notes"] == {
        "frame intervals are uneven: frames are taken by their times": 1
    }
    seconds = report["sources"]["videos"]["hours"] * 3600
    assert seconds == pytest.approx(2.0 + 4.6, abs=0.3), "each lasts as long as it was shown"


def test_a_horizon_without_pairs_is_named_with_rate_and_length(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        shard_set = tiny_shard_set(tmp_path, max_horizon_s=2.0)
    message = (
        "split 'train' holds no pair at the longest horizon: max_horizon_s = 2 s is 20 frames at "
        "10 Hz, but the longest of its 8 recordings, squares/0-0000, has 12 frames (1.2 s)"
    )
    assert message in caplog.text
    with pytest.raises(ValueError, match=r"20 frames and the longest recording 12 frames"):
        open_pairs(shard_set, "train", PairSpec(horizon_s=2.0))
    assert len(open_pairs(shard_set, "train", PairSpec(horizon_s=0.5)))
