"""Cuts an episode into clips that overlap by the longest horizon, each frame owned by one clip."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Window:
    """Frames ``[start, stop)`` of an episode; it owns ``[start, start + owned)``."""

    start: int
    stop: int
    owned: int

    @property
    def num_frames(self) -> int:
        """Frames stored, the overlap included."""
        return self.stop - self.start


def overlap_frames(max_horizon_s: float, fps: float) -> int:
    """Frames that consecutive clips share: the longest horizon, rounded as `PairSpec` does."""
    return max(1, round(max_horizon_s * fps))


def clip_windows(num_frames: int, *, clip_frames: int, overlap: int) -> list[Window]:
    """Windows of an episode such that t and t+overlap lie in the clip that owns t.

    The overlap belongs to the later clip; the last clip owns everything up to the end. A clip
    is at least twice the overlap long, so that a long horizon stores a frame twice at most.
    """
    length = max(clip_frames, 2 * overlap)
    stride = length - overlap
    windows = []
    start = 0
    while start + length < num_frames:
        windows.append(Window(start=start, stop=start + length, owned=stride))
        start += stride
    windows.append(Window(start=start, stop=num_frames, owned=num_frames - start))
    return windows
