"""What a pair (t, t+H) is, and how many of them a split holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from lapa.records.base import Record

PairColumn = Literal["dataset", "environment", "instruction"]
"""What is known of a pair in words: where it comes from, and what was to be done."""


class PairSpec(Record):
    """What a pair (t, t+H) is; stages refuse inputs made with another horizon."""

    horizon_s: float = Field(gt=0, allow_inf_nan=False)
    """H in seconds; a source's frame rate turns it into a frame offset."""
    policy: Literal["all", "one_per_episode"] = "all"
    """Every valid t, or one random t per episode and epoch."""
    min_motion: float = 0.0
    """Pairs whose mean absolute pixel difference (of [0, 1]) is lower are dropped when they are read: no
    code depends on it, so labels serve every filter."""
    seed: int = 0

    def frame_offset(self, fps: float) -> int:
        """Horizon in frames at ``fps`` (control rate, Hz), at least 1.

        Raises:
            ValueError: the horizon is shorter than half a frame at this rate.
        """
        offset = round(self.horizon_s * fps)
        if offset < 1:
            raise ValueError(
                f"horizon of {self.horizon_s} s is {self.horizon_s * fps:.2f} frames at "
                f"{fps} Hz; expected at least one frame: raise `horizon_s` or the frame rate"
            )
        return offset


class PairCounts(Record):
    """What became of the frames of one dataset of a split."""

    frames: int
    """Distinct frames; ``pairs + tail + static`` of them."""
    tail: int
    """Frames without a t+H: the episode ends before."""
    short_episodes: int
    """Episodes that are not longer than H: every frame of theirs is tail."""
    static: int
    """Pairs that the motion filter dropped."""
    pairs: int
    """Pairs that are kept."""

    def __add__(self, other: PairCounts) -> PairCounts:
        return PairCounts(
            **{name: value + getattr(other, name) for name, value in self.model_dump().items()}
        )


def total_pairs(counts: Mapping[str, PairCounts]) -> PairCounts:
    """The sum over datasets; all zero without any."""
    nothing = PairCounts(frames=0, tail=0, short_episodes=0, static=0, pairs=0)
    return sum(counts.values(), start=nothing)
