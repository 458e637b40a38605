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

from lapa.data.bad_input import BadInputError, BadRecord, bad_episode
from lapa.data.episode import Episode
from lapa.data.media.frame_times import UNEVEN_NOTE

BLACK: Final = 16
"""No block of a black recording is brighter, of 255; sensor noise and video black stay below."""
SAME: Final = np.array([12, 12, 12, 4], np.float32)
"""Blocks whose red, green, blue and grey differ by no more, of 255, are the same.

Codecs let a still picture waver: measured 3 in grey and 8 in colour at usual qualities (H.264, VP9,
MPEG-4), while the arm of a robot changes some block by 100 and more.
"""
GRAY: Final = np.array([0.299, 0.587, 0.114], np.float32)

StillReason = Literal["black", "one_color", "unchanging"]

NOTES: Final[dict[StillReason, str]] = {
    "black": "all frames are black",
    "one_color": "all frames are one and the same colour",
    "unchanging": "the picture never changes",
}


@dataclass
class Stillness:
    """What the frames of a recording have in common, by the means of blocks of their pixels."""

    _darkest: NDArray[np.float32] | None = field(default=None, repr=False)
    _brightest: NDArray[np.float32] | None = field(default=None, repr=False)

    def add(self, frames_as_blocks: Sequence[bytes]) -> None:
        """Look at frames: means of blocks, ``uint8 (block, 3)`` RGB as bytes each."""
        flat = np.frombuffer(b"".join(frames_as_blocks), np.uint8)
        colors = rearrange(flat, "(t b c) -> t b c", t=len(frames_as_blocks), c=3)
        frames = np.concatenate([colors, colors @ GRAY[:, None]], axis=-1, dtype=np.float32)
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
        if self._brightest.max() <= BLACK:
            return "black"
        if (self._brightest - self._darkest > SAME).any():
            return None
        spread = self._brightest.max(axis=0) - self._darkest.min(axis=0)
        return "one_color" if (spread <= SAME[-1]).all() else "unchanging"

    @property
    def detail(self) -> str:
        """The figures behind `reason`."""
        if self._darkest is None or self._brightest is None:
            return ""
        change = (self._brightest - self._darkest).max()
        return (
            f"no part of the picture changes by more than {change:.0f} of 255; "
            f"values {self._darkest.min():.0f} to {self._brightest.max():.0f}"
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What to count in the report, as the notes of adapters are."""
        return (NOTES[self.reason],) if self.reason else ()

    def judge(self, episode: Episode, policy: Literal["keep", "refuse"]) -> None:
        """Treat a recording that teaches nothing as bad input, where the policy is to refuse it.

        Raises:
            BadInputError: ``black``, ``one_color`` or ``unchanging``.
        """
        if policy == "refuse" and self.reason:
            raise BadInputError(_remark(episode, self.reason, self.detail))


def remarks_on(episode: Episode, stillness: Stillness) -> list[BadRecord]:
    """Return what to say about a recording that was kept, one entry per kind."""
    remarks = []
    if UNEVEN_NOTE in episode.provenance.get("notes", ()):
        detail = _intervals(episode.provenance["frame_intervals"])
        remarks.append(_remark(episode, "uneven_intervals", detail))
    if stillness.reason:
        remarks.append(_remark(episode, stillness.reason, stillness.detail))
    return remarks


def _intervals(intervals: dict[str, Any]) -> str:
    return (
        f"intervals of {intervals['median_s']:.3g} s in the middle, {intervals['smallest_s']:.3g} to "
        f"{intervals['largest_s']:.3g} s, {intervals['uneven_share']:.1%} differ from the median"
    )


def _remark(episode: Episode, reason: str, detail: str) -> BadRecord:
    return bad_episode(episode, reason, detail).record
