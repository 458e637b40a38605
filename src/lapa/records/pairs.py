"""What a pair (t, t+H) is."""

from __future__ import annotations

from typing import Literal

from lapa.records.base import Record


class PairSpec(Record):
    """What a pair (t, t+H) is; stages refuse inputs made with another one."""

    horizon_s: float
    """H in seconds; a source's frame rate turns it into a frame offset."""
    policy: Literal["all", "one_per_episode"] = "all"
    """Every valid t, or one random t per episode and epoch."""
    min_motion: float = 0.0
    """Pairs whose mean absolute pixel difference (of [0, 1]) is lower are dropped."""
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
