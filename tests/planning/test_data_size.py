"""Pairs of a source, counted by hand."""

from __future__ import annotations

import pytest

from lapa.planning.data_size import DataSize
from lapa.records import PairSpec


def size(**facts: float) -> DataSize:
    known = {"episodes": 10, "frames": 200, "fps": 5.0, **facts}
    return DataSize(name="arm", origin="published", **known)  # type: ignore[arg-type]


def test_every_episode_loses_its_tail() -> None:
    assert size().pairs(0.6) == 200 - 10 * 3
    assert size().seconds == 4.0


@pytest.mark.parametrize(("fps", "offset", "seconds"), [(3, 2, 2 / 3), (2, 1, 0.5), (20, 12, 0.6)])
def test_the_horizon_is_whole_frames_as_pairs_round_it(
    fps: float, offset: int, seconds: float
) -> None:
    rated = size(fps=fps)
    assert rated.offset(0.6) == offset == PairSpec(horizon_s=0.6).frame_offset(fps)
    assert rated.horizon(0.6) == pytest.approx(seconds)


def test_episodes_shorter_than_the_horizon_give_nothing_and_take_nothing() -> None:
    assert size(frames=20).pairs(0.6) == 0


def test_the_index_knows_better() -> None:
    assert size(counted_pairs=7).pairs(0.6) == 7
