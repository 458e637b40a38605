"""Frames of a recording become the very pictures that ingestion stores."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from lapa.data.export.shard_episodes import shard_episodes
from lapa.inference.inputs.recording import READ_AT_ONCE, Recording, recording_of
from lapa.records import FrameCodec
from toys.episodes import moving_square_episodes
from toys.shards import tiny_shard_set

SMALL = FrameCodec(image_size=16)


@pytest.mark.parametrize("side", [48, 32, 20])
def test_raw_frames_become_the_bytes_of_the_shards(tmp_path: Path, side: int) -> None:
    raw = {e.episode_id: e for e in moving_square_episodes(4, 12, side)}
    shards = tiny_shard_set(tmp_path, episodes=list(raw.values()), image_size=32)
    stored = next(shard_episodes(shards, "train", "squares"))
    frames = [0, 5, 11, 3]
    from_shards = recording_of(stored, stored_as=shards.codec).pictures(frames, shards.codec)
    from_source = recording_of(raw[stored.episode_id]).pictures(frames, shards.codec)
    np.testing.assert_array_equal(from_source, from_shards)
    assert from_shards.shape == (4, 32, 32, 3)


def test_stored_frames_of_another_size_are_prepared_like_raw_ones(tmp_path: Path) -> None:
    shards = tiny_shard_set(tmp_path, image_size=32)
    episode = next(shard_episodes(shards, "train", "squares"))
    stored = recording_of(episode, stored_as=shards.codec)
    np.testing.assert_array_equal(
        stored.pictures([2], SMALL), recording_of(episode).pictures([2], SMALL)
    )


def test_few_raw_frames_are_in_memory() -> None:
    asked: list[int] = []

    def read(numbers: Sequence[int]) -> np.ndarray:
        asked.append(len(numbers))
        return np.full((len(numbers), 40, 60, 3), 7, np.uint8)

    recording = Recording(name="clip", num_frames=100, read=read)
    assert recording.pictures(range(100), SMALL).shape == (100, 16, 16, 3)
    assert max(asked) == READ_AT_ONCE
    assert sum(asked) == 100
