"""Which columns of a LeRobot dataset are the actions and the states, and what is left unused.

Recorders agree on no name. In order of trust: one column ``action`` (``observation.state``), one of its
other names, then a group ``action.*`` whose columns are joined in the order of ``info.json``, those
that it does not list behind them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lapa.data.action_names import distinct_names
from lapa.data.bad_input import bad
from lapa.data.sources.lerobot.meta import LeRobotInfo, dimension_names

ACTIONS = ("action", "actions")
"""LeRobot's name, then openpi's."""
STATES = ("observation.state", "state", "observation.states", "states")

BOOKKEEPING = ("timestamp", "frame_index", "episode_index", "index")
"""Columns of every dataset, which nobody misses."""


def value_columns(
    info: LeRobotInfo, table: Sequence[str], wanted: str, stems: Sequence[str]
) -> tuple[str, ...]:
    """Return the columns to join, none where the dataset has no such values.

    Args:
        info: ``info.json``; what it lists is required of the table.
        table: columns of the parquet file.
        wanted: a column, or the beginning of a group, asked for by the user; empty to look for one.
        stems: names to look for.

    Raises:
        BadInputError: ``wanted`` is neither a column nor a group.
    """
    known = [*info.features, *(name for name in table if name not in info.features)]
    names = (wanted,) if wanted else stems
    for name in names:
        if name in known:
            return (name,)
    for name in names:
        if group := tuple(key for key in known if _is_part(info, key, name)):
            return group
    if wanted:
        offered = [key for key in known if key not in BOOKKEEPING]
        raise bad("missing_columns", f"no column {wanted!r} and none below it; there are {offered}")
    return ()


def _is_part(info: LeRobotInfo, key: str, stem: str) -> bool:
    feature = info.features.get(key)
    holds_numbers = feature is None or (
        feature.dtype not in ("image", "video", "string") and 0 not in feature.shape
    )
    return key.startswith(f"{stem}.") and not key.endswith("is_pad") and holds_numbers


def joined_names(
    info: LeRobotInfo, columns: Sequence[str], widths: Sequence[int]
) -> tuple[str, ...]:
    """Name the joined columns: as ``info.json`` does, with the column in front where there are several.

    Every name exists once: repeated ones get their number.
    """
    names: list[str] = []
    for column, width in zip(columns, widths, strict=True):
        own = dimension_names(info, column, width)
        names += own if len(columns) == 1 else [f"{_short(column)}.{name}" for name in own]
    return distinct_names(names)


def _short(column: str) -> str:
    stem = next((s for s in (*ACTIONS, *STATES) if column.startswith(f"{s}.")), "")
    return column.removeprefix(f"{stem}.")


def unused_notes(
    info: LeRobotInfo, table: Sequence[str], used: Iterable[str], noted: str
) -> tuple[str, ...]:
    """Say what the dataset holds and nobody reads: cameras, then columns.

    Args:
        info: ``info.json``.
        table: columns of the parquet file.
        used: columns that are read, and the camera.
        noted: notes there are already; a camera of which they speak is not listed again.
    """
    used, pictures = set(used), info.pictures()
    cameras = [key for key in pictures if key not in used and key not in noted]
    known = [*info.features, *(name for name in table if name not in info.features)]
    taken = {*used, *BOOKKEEPING, *pictures}
    columns = [key for key in known if key not in taken]
    notes = []
    if cameras:
        notes.append(f"cameras not used: {', '.join(cameras)}")
    if columns:
        notes.append(f"columns not used: {', '.join(columns)}")
    return tuple(notes)
