"""Sources are renamed, filtered and resampled as their parameters say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from factories import as_input, moving_square_episodes
from lapa.data.bad_input import BadInputError, BadInputs, raise_bad
from lapa.data.ingestion.resample import resample
from lapa.params.ingestion import IngestionParams

PARAMS = IngestionParams(max_horizon_s=0.3)


def _read(params: IngestionParams = PARAMS, **source: Any) -> list[Any]:
    return list(as_input(moving_square_episodes(6), **source).episodes(params, raise_bad))


def test_names_and_filters() -> None:
    assert {e.source for e in _read(name="other")} == {"other"}
    assert {e.environment for e in _read(environments=("table-1",))} == {"table-1"}
    assert {e.environment for e in _read(exclude_environments=("table-1",))} == {"table-0"}
    assert [e.episode_id for e in _read(max_episodes=2)] == ["0-0000", "0-0001"]


@pytest.mark.parametrize(
    ("target", "kept"),
    [(5.0, [0, 2, 4, 6, 8, 10]), (4.0, [0, 2, 5, 8, 10]), (10.0, list(range(12)))],
)
def test_resampling_keeps_the_nearest_frames_and_adds_up_actions(
    target: float, kept: list[int]
) -> None:
    episode = moving_square_episodes(1)[0]
    slower = resample(episode, target, actions="sum")
    assert (slower.num_frames, slower.fps) == (len(kept), target)
    np.testing.assert_array_equal(slower.frames(), episode.frames(kept))
    np.testing.assert_array_equal(slower.frames([1, 0]), episode.frames([kept[1], kept[0]]))
    np.testing.assert_array_equal(slower.states, episode.states[kept])
    for row, (start, stop) in enumerate(zip(kept, [*kept[1:], 12], strict=True)):
        np.testing.assert_allclose(slower.actions[row], episode.actions[start:stop].sum(0))
    first = resample(episode, target, actions="first")
    np.testing.assert_array_equal(first.actions, episode.actions[kept])


def test_frames_are_never_invented() -> None:
    with pytest.raises(
        BadInputError, match=r"recorded at 10\.0 Hz, expected at least target_fps = 30"
    ):
        resample(moving_square_episodes(1)[0], 30, actions="sum")


def test_what_cannot_be_resampled_is_counted_and_the_rest_kept() -> None:
    slow, fast = moving_square_episodes(2, fps=4.0), moving_square_episodes(3, seed=1, fps=10.0)
    targets = replace(fast[1], provenance={"actions_are": "absolute"})
    source = as_input([slow[0], fast[0], targets, slow[1], fast[2]])
    report = BadInputs()
    params = PARAMS.model_copy(update={"target_fps": 5.0})
    kept = [episode.episode_id for episode in source.episodes(params, report)]
    assert kept == [fast[0].episode_id, fast[2].episode_id]
    assert report.counts() == {"absolute_actions": 1, "too_few_frames_per_second": 2}
