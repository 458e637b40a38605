"""How fast and how evenly a recording runs, from the times at which its frames are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Seconds = NDArray[np.float64]

UNEVEN: Final = 0.1
"""An interval that differs from the median by more than this share of it is uneven."""
LARGEST_SHIFT: Final = 0.5
"""Frames may lie this far from an even grid, in intervals, before frame numbers stop being time."""
UNEVEN_NOTE: Final = "frame intervals are uneven: frames are taken by their times"
WHOLE: Final = 0.0005
"""A rate this near to a whole number, as a share, is that number; 29.97 is further from 30."""
LARGEST_GROWTH: Final = 2
"""An even grid has at most this many times the recording's own frames."""


@dataclass(frozen=True, kw_only=True)
class FrameTimes:
    """Rate and intervals of one recording."""

    rate: float
    """Frames per second; of an uneven recording that of the grid which `time_grid` places it on."""
    is_even: bool
    """Frame numbers count time: no two frames are further off than half an interval."""
    median_s: float
    smallest_s: float
    largest_s: float
    uneven_share: float
    """Share of the intervals that differ from the median by more than a tenth."""

    def facts(self) -> dict[str, Any]:
        """Return the figures for an episode's provenance, s."""
        return {
            "median_s": round(self.median_s, 6),
            "smallest_s": round(self.smallest_s, 6),
            "largest_s": round(self.largest_s, 6),
            "uneven_share": round(self.uneven_share, 4),
            "even": self.is_even,
        }


def measure_times(times: Seconds, *, tick: float, claims: Sequence[float] = ()) -> FrameTimes:
    """Measure a recording of at least two frames.

    Containers round times, WebM to milliseconds, so the rate of 26 frames at 30 Hz measures as
    30.012. Of the rates that explain the recording's length within one step of its clock the
    first is taken: a claim of the header, the nearest whole number, what was measured.

    Args:
        times: when each frame is shown, s, strictly ascending.
        tick: step of the container's clock, s.
        claims: rates in Hz that count only if the times bear them out.
    """
    intervals = np.diff(times)
    span, median = float(times[-1] - times[0]), float(np.median(intervals))
    mean_rate = len(intervals) / span
    rates = [*claims, float(round(mean_rate)), mean_rate]
    rate = next(r for r in rates if r > 0 and abs(len(intervals) / r - span) <= tick * 1.01 + 1e-9)
    shifts = times - times[0] - np.arange(len(times)) / rate
    # rounding alone moves a frame by up to half a step of the clock
    is_even = float(np.ptp(shifts)) * rate <= LARGEST_SHIFT + tick * rate
    uneven = np.abs(intervals - median) > max(UNEVEN * median, tick * 1.01)
    usual = median if uneven.all() else float(intervals[~uneven].mean())
    return FrameTimes(
        rate=rate if is_even else min(_usual_rate(usual), LARGEST_GROWTH * mean_rate),
        is_even=is_even,
        median_s=median,
        smallest_s=float(intervals.min()),
        largest_s=float(intervals.max()),
        uneven_share=float(uneven.mean()),
    )


def _usual_rate(interval_s: float) -> float:
    """Return the rate of an interval; a whole number where rounded times mean one."""
    rate = 1 / interval_s
    return float(round(rate)) if abs(rate - round(rate)) <= WHOLE * rate else rate


def time_grid(times: Seconds, rate: float) -> NDArray[np.int64]:
    """Return which frame is shown at each point of an even grid of ``rate`` points per second.

    Each point takes the frame nearest to it. Where that one comes later than half a step of the
    grid, because the recording paused, the frame before stays. So a frame is never shown more than
    half a step before its time, and changes that are H apart on the grid are H apart in seconds
    within half a step on either side.

    Args:
        times: when each of at least two frames is shown, s, ascending.
        rate: points per second, Hz.

    Returns:
        Frame numbers, not descending, one per point from the first frame to the last.
    """
    # the last frame is shown for a while too: half an interval of it forgives what a clock rounds
    span = times[-1] - times[0] + np.median(np.diff(times)) / 2
    count = int(span * rate) + 1
    points = times[0] + np.arange(count) / rate
    borders = (times[1:] + times[:-1]) / 2
    nearest = np.searchsorted(borders, points, side="right")
    shown = np.searchsorted(times, points + 1e-9, side="right") - 1
    is_near = times[nearest] <= points + 0.5 / rate
    return np.asarray(np.where(is_near, nearest, shown), np.int64)
