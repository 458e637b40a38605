"""Action and state rows of one episode: checked, float32, and as many as there are frames.

Row ``i`` of the actions belongs to frame ``i`` (`lapa.data.episode.Episode`). Recordings often
hold one frame more than they hold rows, because the last frame shows the result of the last action
and nothing was commanded after it. ``extra_frame`` states what happens to it:

* ``drop`` (default): the last frame is left out. Every remaining row is a recorded one.
* ``hold``: the frame is kept and the last row is repeated for it. The repeated action was never
  commanded, but pairs (t, t+H) never sum over it, so video-only training gains the frame safely.

Any larger disagreement means the rows belong to another video and is refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from lapa.data.bad_input import bad
from lapa.data.limits import MAX_DIMENSIONS, MAX_ROWS, MAX_VALUES

ExtraFrame = Literal["drop", "hold"]

Rows = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class AlignedRows:
    """Frames and rows of equal length."""

    num_frames: int
    actions: Rows | None
    """``float32 (num_frames, action)``."""
    states: Rows | None
    """``float32 (num_frames, state)``."""
    notes: tuple[str, ...]
    """What was changed to get here, for `Episode.provenance`."""


def float_rows(values: Any, name: str) -> Rows:
    """Return ``values`` as ``float32 (frame, dimension)``; scalars per frame become one column.

    Raises:
        BadInputError: not numeric, ragged, more than two dimensions, absurdly large, or not finite.
    """
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise bad("ragged_rows", f"{name}: rows of different lengths ({error})") from error
    check_shape(array.shape, name)
    if array.dtype.kind not in "fiub":
        raise bad("wrong_type", f"{name}: dtype {array.dtype}, expected numbers")
    with np.errstate(over="ignore"):  # an overflow shows as inf and is refused with its place
        rows = np.ascontiguousarray(array, dtype=np.float32)
    rows = rows[:, None] if rows.ndim == 1 else rows
    _require_finite(rows, name)
    return rows


def check_shape(shape: tuple[int, ...], name: str) -> None:
    """Refuse absurd rows; call it on the header before reading the data.

    Raises:
        BadInputError: not one or two dimensions, or beyond the limits of `lapa.data.limits`.
    """
    if len(shape) not in (1, 2):
        raise bad("wrong_shape", f"{name}: shape {shape}, expected (frame,) or (frame, dimension)")
    if shape[0] > MAX_ROWS or (len(shape) == 2 and not 0 < shape[1] <= MAX_DIMENSIONS):
        limit = f"at most {MAX_ROWS} rows of 1 to {MAX_DIMENSIONS} numbers"
        raise bad("absurd_dimensions", f"{name}: shape {shape}, expected {limit}")
    if math.prod(shape) > MAX_VALUES:
        limit = f"at most {MAX_VALUES} numbers in all"
        raise bad("absurd_dimensions", f"{name}: shape {shape}, expected {limit}")


def _require_finite(rows: Rows, name: str) -> None:
    wrong = np.argwhere(~np.isfinite(rows))
    if len(wrong):
        frame, dimension = (int(place) for place in wrong[0])
        detail = (
            f"{name}: {len(wrong)} values are not finite float32, the first is "
            f"{rows[frame, dimension]} at frame {frame}, dimension {dimension}; expected numbers"
        )
        raise bad("not_finite", detail)


def align_rows(
    num_frames: int,
    actions: Rows | None = None,
    states: Rows | None = None,
    *,
    extra_frame: ExtraFrame = "drop",
) -> AlignedRows:
    """Give frames, actions and states one length by the module's rule.

    Raises:
        BadInputError: no frames, or lengths that differ by more than one.
    """
    lengths = {"frames": num_frames}
    lengths |= {} if actions is None else {"actions": len(actions)}
    lengths |= {} if states is None else {"states": len(states)}
    shortest, longest = min(lengths.values()), max(lengths.values())
    if shortest < 1 or longest - shortest > 1:
        counted = ", ".join(f"{count} {name}" for name, count in lengths.items())
        raise bad("length_mismatch", f"found {counted}; expected equal counts, or one frame more")
    length = shortest if extra_frame == "drop" else num_frames
    return AlignedRows(
        num_frames=length,
        actions=None if actions is None else _fit(actions, length),
        states=None if states is None else _fit(states, length),
        notes=tuple(_notes(lengths, length)),
    )


def _fit(rows: Rows, length: int) -> Rows:
    if len(rows) < length:
        return np.concatenate([rows, rows[-1:]])
    return rows[:length]


def _notes(lengths: dict[str, int], length: int) -> list[str]:
    notes = []
    for name, count in lengths.items():
        if count > length:
            notes.append(f"{name}: left out the last one, rule extra_frame=drop")
        if count < length:
            notes.append(f"{name}: repeated the last one, rule extra_frame=hold")
    return notes


def numbered_names(prefix: str, count: int) -> tuple[str, ...]:
    """Return ``prefix_0 … prefix_{count-1}``, for sources that name no dimensions."""
    return tuple(f"{prefix}_{index}" for index in range(count))
