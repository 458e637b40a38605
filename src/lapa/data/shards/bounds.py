"""An index must fit its tar before anybody reads by it: cheap checks, made whenever a split is opened.

They look at numbers alone, so a changed picture is not found here (`lapa.data.shards.verify` does that),
but no number of a damaged or foreign index makes a reader ask for more bytes than there are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lapa.data.shards.layout import BLOCK, COLUMNS
from lapa.data.shards.linked import size_of_tar


def require_fit(shard: Path, table: pa.Table) -> None:
    """Refuse an index whose numbers cannot be those of this tar.

    Raises:
        ValueError: naming the shard, the clip, the number found and what it must be.
    """
    size = size_of_tar(shard, table)
    columns = {name: table[name].to_numpy() for name in table.column_names if name in _NUMBERS}
    end = 0
    for member in COLUMNS.values():
        offsets, sizes = columns[f"{member}_offset"], columns[f"{member}_size"]
        inside = (sizes >= 0) & (sizes <= size) & (offsets >= 0) & (offsets <= size - sizes)
        _require(shard, table, inside, f"{member}_size", f"bytes inside the tar's {size}")
        present = sizes > 0
        end = max([end, *(offsets + sizes + -sizes % BLOCK)[present].tolist()])
    if table.num_rows and size != end + 2 * BLOCK:
        raise ValueError(
            f"{shard} has {size} bytes, its index expects {end + 2 * BLOCK}: it was truncated, or "
            "the index is of another tar; run `lapa inspect --verify`, or ingest again"
        )
    _require_frames(shard, table, columns)


_NUMBERS = frozenset(
    {"start_frame", "num_frames", "owned_frames", "episode_frames"}
    | {f"{member}_{number}" for member in COLUMNS.values() for number in ("offset", "size")}
)


def _require_frames(shard: Path, table: pa.Table, columns: dict[str, NDArray[Any]]) -> None:
    frames, start = columns["num_frames"].astype(np.int64), columns["start_frame"].astype(np.int64)
    owned, whole = columns["owned_frames"], columns["episode_frames"]
    _require(shard, table, (owned >= 1) & (owned <= frames), "owned_frames", "1 to num_frames")
    fits = (start >= 0) & (start + frames <= whole)
    _require(shard, table, fits, "start_frame", "a clip inside its episode")
    borders = table["jpeg_offsets"].combine_chunks()
    counts = pc.list_value_length(borders).to_numpy(zero_copy_only=False)
    _require(shard, table, counts == frames + 1, "jpeg_offsets", "one border more than frames")
    flat = borders.flatten().to_numpy(zero_copy_only=False)
    ends = np.cumsum(counts.astype(np.int64))
    starts = ends - counts.astype(np.int64)
    whole_member = (flat[starts] == 0) & (flat[ends - 1] == columns["frames_size"])
    _require(shard, table, whole_member, "jpeg_offsets", "borders from 0 to frames_size")
    steps = np.diff(flat) >= 0
    steps[ends[:-1] - 1] = True  # from one clip to the next
    if not steps.all():
        clip = int(np.searchsorted(ends, int(np.argmin(steps)), side="right"))
        is_right = np.arange(len(ends)) != clip
        _require(shard, table, is_right, "jpeg_offsets", "increasing borders")


def _require(
    shard: Path, table: pa.Table, is_right: NDArray[Any], column: str, expected: str
) -> None:
    if is_right.all():
        return
    row = int(np.argmin(is_right))
    value = str(table[column][row].as_py())[:80]
    raise ValueError(
        f"{shard}: its index gives clip {table['key'][row].as_py()} {column} {value}, expected "
        f"{expected}: the index was changed or is of another tar; run `lapa inspect --verify`, "
        "or ingest again"
    )
