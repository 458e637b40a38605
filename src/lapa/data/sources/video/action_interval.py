"""From actions recorded faster than the video to one action per video frame.

Frame ``i`` shows raw row ``r * i`` (``r`` = rows per frame), so its interval is rows
``[r * i, r * (i + 1))``. Two rules:

* ``subsample`` (default): row ``r * i``, what was commanded when the frame was taken. DROID's RLDS
  export does the same.
* ``accumulate``: the whole interval. Increments and velocities are summed; of absolute targets the
  last one counts, because it is where the interval leads.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from lapa.data.bad_input import SettingsError
from lapa.data.sources.base.rows import Rows

ActionRule = Literal["subsample", "accumulate"]

ColumnKind = Literal["absolute", "increment"]
"""A target (position, gripper), or a change or velocity that adds up over an interval."""


def per_frame(
    rows: Rows, rows_per_frame: int, *, rule: ActionRule, kinds: tuple[ColumnKind, ...]
) -> Rows:
    """Reduce raw rows ``(row, dimension)`` to ``(frame, dimension)``.

    The last interval is shorter than the others when the recording stops inside it.

    Args:
        rows: what was recorded.
        rows_per_frame: how many of them make one frame.
        rule: see above.
        kinds: one per dimension; none for targets.

    Raises:
        SettingsError: an unknown rule.
    """
    if rule not in ("subsample", "accumulate"):
        raise SettingsError(f"actions={rule!r}, expected 'subsample' or 'accumulate'")
    starts = np.arange(0, len(rows), rows_per_frame)
    if rule == "subsample" or rows_per_frame == 1:
        return rows[starts]
    ends: Rows = rows[np.minimum(starts + rows_per_frame, len(rows)) - 1]
    if not kinds or not len(rows):
        return ends
    sums: Rows = np.add.reduceat(rows, starts, axis=0, dtype=np.float32)
    return np.where(np.array(kinds) == "increment", sums, ends)
