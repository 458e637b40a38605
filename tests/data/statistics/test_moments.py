"""Moments of chunks are those of all rows together; what is kept as JSON comes back exactly."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lapa.data.episode import Episode, Frames
from lapa.data.statistics.action_sums import ActionSums
from lapa.data.statistics.moments import Moments

ROWS = np.random.default_rng(0).normal(1e6, 1, (1000, 3)).astype(np.float32)
"""A large mean beside a small spread: a sum of squares would lose it."""


def episode(actions: np.ndarray) -> Episode:
    def no_frames(indices: object) -> Frames:
        return np.empty((0, 0, 0, 3), np.uint8)

    return Episode(
        source="s",
        episode_id="e",
        num_frames=len(actions),
        fps=5.0,
        read_frames=no_frames,
        actions=actions,
    )


def test_chunks_give_the_moments_of_all_rows() -> None:
    summary = Moments.of_chunks(np.array_split(ROWS, [1, 10, 600]))
    exact = ROWS.astype(np.float64)
    assert summary.count == len(ROWS)
    assert np.allclose(summary.mean, exact.mean(axis=0), rtol=1e-14)
    assert np.allclose(summary.std, exact.std(axis=0), rtol=1e-9)
    assert np.array_equal(summary.minimum, exact.min(axis=0))
    assert np.array_equal(summary.maximum, exact.max(axis=0))


def test_action_sums_survive_json_to_the_bit() -> None:
    sums = ActionSums.of(episode(ROWS)).merged(ActionSums.of(episode(ROWS[:7])))
    back = ActionSums.from_plain(json.loads(json.dumps(sums.plain())))
    assert back.table() == sums.table()
    assert back.plain() == sums.plain()


def test_unnamed_dimensions_are_numbered() -> None:
    table = ActionSums.of(episode(ROWS)).table()
    assert [row["name"] for row in table] == ["action_0", "action_1", "action_2"]


def test_actions_of_other_width_are_not_joined() -> None:
    with pytest.raises(ValueError, match="actions of 3 and of 2 dimensions in one source"):
        ActionSums.of(episode(ROWS)).merged(ActionSums.of(episode(ROWS[:, :2])))
