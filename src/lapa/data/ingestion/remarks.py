"""Recordings that pass but that somebody should look at: dark, without change, unevenly timed.

A camera that was covered, a recorder that wrote one picture again and again, or a screen that slept
gives files that decode without an error and teach nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import numpy as np
from einops import rearrange
from numpy.typing import NDArray

from lapa.data.bad_input import BadRecord
from lapa.data.episode import Episode
from lapa.data.frame_times import UNEVEN_NOTE

BLACK: Final = 16
"""No block of a black recording is brighter, of 255; sensor noise and video black stay below."""
CHANGE: Final = 2
"""Blocks that differ by no more, of 255, are the same: codecs let a still picture waver that much."""

StillReason = Literal["black", "one_colour", "unchanging"]

NOTES: Final[dict[StillReason, str]] = {
    "black": "all frames are black",
    "one_colour": "all frames are one and the same colour",
    "unchanging": "the picture never changes",
}


@dataclass
class Stillness:
    """What the frames of a recording have in common, by the means of blocks of their pixels."""

    _darkest: NDArray[np.uint8] | None = field(default=None, repr=False)
    _brightest: NDArray[np.uint8] | None = field(default=None, repr=False)

    def add(self, frames_as_blocks: Sequence[bytes]) -> None:
        """Look at frames: means of blocks, ``uint8 (block, 3)`` RGB as bytes each."""
        flat = np.frombuffer(b"".join(frames_as_blocks), np.uint8)
        frames = rearrange(flat, "(t b c) -> t b c", t=len(frames_as_blocks), c=3)
        darkest, brightest = frames.min(axis=0), frames.max(axis=0)
        if self._darkest is not None and self._brightest is not None:
            darkest = np.minimum(darkest, self._darkest)
            brightest = np.maximum(brightest, self._brightest)
        self._darkest, self._brightest = darkest, brightest

    @property
    def reason(self) -> StillReason | None:
        """Why the recording teaches nothing; None where something changes."""
        if self._darkest is None or self._brightest is None:
            return None
        darkest, brightest = self._darkest.astype(int), self._brightest.astype(int)
        if brightest.max() <= BLACK:
            return "black"
        if (brightest - darkest).max() > CHANGE:
            return None
        spread = (brightest.max(axis=0) - darkest.min(axis=0)).max()
        return "one_colour" if spread <= CHANGE else "unchanging"

    @property
    def detail(self) -> str:
        """The figures behind `reason`."""
        if self._darkest is None or self._brightest is None:
            return ""
        change = int((self._brightest.astype(int) - self._darkest).max())
        return (
            f"no part of the picture changes by more than {change} of 255; "
            f"values {self._darkest.min()} to {self._brightest.max()}"
        )


def remarks_on(episode: Episode, stillness: Stillness) -> list[BadRecord]:
    """Return what to say about a recording that was kept, one entry per kind."""
    remarks = []
    if UNEVEN_NOTE in episode.provenance.get("notes", ()):
        figures = _figures(episode.provenance["frame_intervals"])
        remarks.append(_remark(episode, "uneven_intervals", figures))
    if stillness.reason:
        remarks.append(_remark(episode, stillness.reason, stillness.detail))
    return remarks


def _figures(intervals: dict[str, Any]) -> str:
    return (
        f"intervals of {intervals['median_s']:.3g} s in the middle, {intervals['smallest_s']:.3g} to "
        f"{intervals['largest_s']:.3g} s, {intervals['uneven_share']:.1%} differ from the median"
    )


def _remark(episode: Episode, reason: str, detail: str) -> BadRecord:
    return BadRecord(episode.source, episode.episode_id, reason, detail)
