"""Sources are renamed, filtered and resampled as their parameters say."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lapa.data.bad_input import BadInputError, BadInputs, raise_bad
from lapa.data.ingestion.resample import resample
from lapa.params.ingestion import IngestionParams
from toys.episodes import moving_square_episodes
from toys.shards import as_input

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


def _paused(**changes: Any) -> Any:
    """Twelve frames at 10 Hz, half a second of which nobody recorded."""
    episode = moving_square_episodes(1)[0]
    times = np.r_[np.arange(8) / 10, 1.2 + np.arange(4) / 10]
    return replace(episode, times=times, **changes)


def test_uneven_recordings_are_placed_on_an_even_grid() -> None:
    episode = _paused()
    even = resample(episode, None, actions="sum")
    shown = [0, 1, 2, 3, 4, 5, 6, 7, 7, 7, 7, 7, 8, 9, 10, 11]
    assert (even.num_frames, even.fps, even.times) == (16, 10.0, None)
    np.testing.assert_array_equal(even.frames(), episode.frames(shown))
    np.testing.assert_array_equal(even.frames([12, 3]), episode.frames([8, 3]))
    np.testing.assert_array_equal(even.states, episode.states[shown])
    np.testing.assert_allclose(even.actions.sum(0), episode.actions.sum(0), atol=1e-5)
    np.testing.assert_array_equal(even.actions[7:11], 0)
    np.testing.assert_allclose(even.actions[11], episode.actions[7])


def test_target_rates_count_seconds_of_uneven_recordings() -> None:
    episode = _paused()
    slower = resample(episode, 5.0, actions="sum")
    shown = [0, 2, 4, 6, 7, 7, 8, 10]
    np.testing.assert_array_equal(slower.frames(), episode.frames(shown))
    for row, (start, stop) in enumerate(zip(shown, [*shown[1:], 12], strict=True)):
        np.testing.assert_allclose(slower.actions[row], episode.actions[start:stop].sum(0))


def test_targets_stay_targets_when_only_the_times_are_mended() -> None:
    targets = _paused(provenance={"actions_are": "absolute"})
    even = resample(targets, None, actions="sum")
    np.testing.assert_array_equal(even.actions[7:12], targets.actions[[7] * 5])
    with pytest.raises(BadInputError, match="absolute_actions"):
        resample(targets, 5.0, actions="sum")


def test_of_mixed_actions_only_differences_are_summed() -> None:
    episode = replace(moving_square_episodes(1)[0], actions_are=("relative", "absolute"))
    slower = resample(episode, 5.0, actions="sum")
    np.testing.assert_allclose(slower.actions[0, 0], episode.actions[:2, 0].sum())
    np.testing.assert_array_equal(slower.actions[:, 1], episode.actions[::2, 1])


def test_times_of_another_length_are_refused() -> None:
    with pytest.raises(BadInputError, match="length_mismatch: 3 times for 12 frames"):
        resample(replace(_paused(), times=np.arange(3.0)), None, actions="sum")


def test_recordings_slower_than_the_horizon_are_left_out() -> None:
    report = BadInputs()
    source = as_input([*moving_square_episodes(1, fps=1.0), *moving_square_episodes(1, seed=1)])
    kept = [episode.episode_id for episode in source.episodes(PARAMS, report)]
    assert kept == ["1-0000"]
    assert "max_horizon_s = 0.3 s is less than half a frame" in report.records[0].detail
