"""Which frames a reader was asked for: checked, never clamped or wrapped."""

from __future__ import annotations

from collections.abc import Sequence


def resolve_indices(indices: Sequence[int] | None, num_frames: int) -> list[int]:
    """Return the asked frame numbers as a list; all of them for None.

    Raises:
        IndexError: an index lies outside ``[0, num_frames)``.
    """
    if indices is None:
        return list(range(num_frames))
    asked = [int(index) for index in indices]
    outside = [index for index in asked if not 0 <= index < num_frames]
    if outside:
        raise IndexError(f"frames {outside[:5]} of an episode with {num_frames} frames")
    return asked
