"""Rates come from the times of the frames, and uneven times are placed on an even grid."""

from __future__ import annotations

import numpy as np
import pytest

from lapa.data.media.frame_times import measure_times, time_grid
from lapa.data.media.video_decode import VideoReader
from toys.edited_videos import with_edits, without_default_duration
from toys.known_frames import gray_frames, numbers_of
from toys.videos import encode_video

SLOWING = np.r_[np.arange(60) / 30, 2 + np.arange(30) / 7.5]
"""Two seconds of good light, four of darkness."""


@pytest.mark.parametrize("rate", [1, 5, 12.5, 24000 / 1001, 29.97, 30, 60, 120])
@pytest.mark.parametrize("tick", [1 / 90_000, 1 / 1000])
def test_even_times_give_the_rate_that_made_them(rate: float, tick: float) -> None:
    times = np.round(np.arange(400) / rate / tick) * tick
    measured = measure_times(times, tick=tick, claims=[rate])
    assert measured.is_even
    assert measured.rate == rate, "a claim that the times bear out is exact"
    assert measure_times(times, tick=tick, claims=[1000.0]).rate == pytest.approx(rate, rel=1e-4)


def test_whole_rates_come_out_whole_though_the_clock_rounds() -> None:
    times = np.round(np.arange(26) / 30, 3)
    assert measure_times(times, tick=0.001).rate == 30


def test_jitter_is_even_and_lost_frames_are_not() -> None:
    jitter = np.random.default_rng(0).uniform(-0.006, 0.006, 300)
    shaken = measure_times(np.sort(np.arange(300) / 30 + jitter), tick=1e-5)
    assert shaken.is_even
    assert shaken.rate == pytest.approx(30, rel=0.001)
    assert shaken.uneven_share > 0.2
    lost = np.delete(np.arange(300) / 30, range(100, 103))
    gap = measure_times(lost, tick=1e-5)
    assert not gap.is_even
    assert gap.rate == pytest.approx(30)
    assert gap.largest_s == pytest.approx(4 / 30)
    assert gap.uneven_share == pytest.approx(1 / 296)


def test_figures_of_an_uneven_recording() -> None:
    found = measure_times(SLOWING, tick=1 / 600, claims=[15.25])
    assert not found.is_even
    assert found.rate == 30
    assert found.facts() == {
        "median_s": 0.033333,
        "smallest_s": 0.033333,
        "largest_s": 0.133333,
        "uneven_share": 0.3258,
        "even": False,
    }


def test_a_few_frames_that_have_no_rhythm_still_have_a_rate() -> None:
    found = measure_times(np.array([0.0, 0.1, 0.6]), tick=0.001)
    assert not found.is_even
    assert found.rate == pytest.approx(1 / 0.3)
    assert list(time_grid(np.array([0.0, 0.1, 0.6]), found.rate)) == [0, 1, 2]


def test_a_recording_with_long_pauses_does_not_explode() -> None:
    times = np.r_[np.arange(100) / 60, 3600 + np.arange(100) / 60]
    grid = time_grid(times, measure_times(times, tick=1e-5).rate)
    assert len(grid) <= 2 * len(times)


@pytest.mark.parametrize("rate", [30.0, 15.0, 7.0, 5.0])
def test_grid_points_show_what_was_shown_then(rate: float) -> None:
    grid = time_grid(SLOWING, rate)
    points = np.arange(len(grid)) / rate
    assert len(grid) == int(SLOWING[-1] * rate + 1e-6) + 1
    assert (np.diff(grid) >= 0).all()
    shown_from, shown_until = SLOWING[grid], np.r_[SLOWING[1:], np.inf][grid]
    assert (shown_from <= points + 0.5 / rate + 1e-9).all(), "never more than half a step early"
    assert (shown_until >= points - 1e-9).all(), "never later than it was replaced"


def test_changes_half_a_second_apart_are_half_a_second_apart_on_the_grid() -> None:
    grid = time_grid(SLOWING, 30)
    assert set(grid) == set(range(90)), "no frame is lost at the recording's own rate"
    changed_at = np.flatnonzero(np.diff(grid, prepend=-1)) / 30
    np.testing.assert_allclose(changed_at, SLOWING, atol=0.5 / 30)


def test_even_times_keep_their_frames() -> None:
    times = np.round(np.arange(50) / 30, 3)
    np.testing.assert_array_equal(time_grid(times, 30), np.arange(50))
    np.testing.assert_array_equal(time_grid(times, 10), np.arange(0, 50, 3))


@pytest.mark.parametrize("codec", ["libvpx-vp9", "libvpx"])
@pytest.mark.parametrize("live", ["0", "1"])
def test_webm_without_default_duration_has_the_rate_of_its_frames(codec: str, live: str) -> None:
    """MediaRecorder of browsers writes neither durations nor, while recording, an index."""
    times = [round(i * 1000 / 30) for i in range(26)]
    options = {"deadline": "realtime", "cpu-used": "8"}
    data = without_default_duration(
        encode_video(
            gray_frames(26),
            codec=codec,
            container="webm",
            fps=30,
            times_ms=times,
            options=options,
            container_options={"live": live},
        )
    )
    with VideoReader(data) as reader:
        assert reader.fps == 30
        assert reader.uneven_times is None
        assert numbers_of(reader.frames([25, 3, 17])) == [25, 3, 17]


@pytest.mark.parametrize("container", ["mp4", "matroska", "mov"])
@pytest.mark.parametrize("b_frames", [0, 3])
def test_variable_rates_are_measured_in_every_container(container: str, b_frames: int) -> None:
    times = [round(t * 1000) for t in SLOWING[50:80]]
    options = {"x264-params": f"bframes={b_frames}:b-adapt=0"}
    data = encode_video(gray_frames(30), container=container, times_ms=times, options=options)
    with VideoReader(data) as reader:
        assert reader.num_frames == 30
        found = reader.uneven_times
        assert found is not None
        np.testing.assert_allclose(found - found[0], SLOWING[50:80] - SLOWING[50], atol=0.0011)
        assert reader.largest_gap_s == pytest.approx(0.133, abs=0.002)


@pytest.mark.parametrize("b_frames", [0, 3])
@pytest.mark.parametrize(("skip", "keep"), [(0.5, 1.2), (0.8, 10.0), (0.0, 1.0), (1.15, 0.6)])
def test_trims_show_what_is_left(b_frames: int, skip: float, keep: float) -> None:
    """Edit lists hide samples, which is no truncation; the rate stays that of the frames shown."""
    data = encode_video(gray_frames(26), options={"x264-params": f"bframes={b_frames}:b-adapt=0"})
    with VideoReader(with_edits(data, (keep, skip))) as reader:
        first, last = np.ceil(skip * 10 - 1e-6), np.ceil(min(skip + keep, 2.6) * 10 - 1e-6)
        shown = numbers_of(reader.frames())
        assert shown == list(range(int(first), int(last)))
        assert reader.fps == 10
        assert reader.uneven_times is None
        assert numbers_of(reader.frames([len(shown) - 1, 0])) == [shown[-1], shown[0]]


EDITS = {
    "begins late": (((0.5, None), (2.6, 0)), [*range(26)]),
    "middle cut out": (((1.0, 0), (1.0, 1.6)), [*range(10), *range(16, 26)]),
    "shown twice": (((0.8, 0.2), (0.8, 0.2)), [*range(2, 10), *range(2, 10)]),
    "exchanged": (((0.8, 1.5), (0.8, 0.2)), [*range(15, 23), *range(2, 10)]),
}


@pytest.mark.parametrize("b_frames", [0, 3])
@pytest.mark.parametrize(("edits", "wanted"), EDITS.values(), ids=EDITS)
def test_edit_lists_are_followed(
    b_frames: int, edits: tuple[tuple[float, float | None], ...], wanted: list[int]
) -> None:
    data = encode_video(gray_frames(26), options={"x264-params": f"bframes={b_frames}:b-adapt=0"})
    with VideoReader(with_edits(data, *edits)) as reader:
        assert numbers_of(reader.frames()) == wanted
        assert numbers_of(reader.frames([len(wanted) - 1, 0])) == [wanted[-1], wanted[0]]
        assert reader.fps == 10
