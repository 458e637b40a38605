"""The index beside every tar: one row per clip, enough to read any frame without scanning."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lapa.data.shards.layout import COLUMNS
from lapa.records import SHARD_SCHEMA

_PER_MEMBER = [
    (f"{member}_{field}", kind)
    for member in COLUMNS.values()
    for field, kind in (("offset", pa.int64()), ("size", pa.int64()), ("sha256", pa.string()))
]

SCHEMA = pa.schema(
    [
        ("key", pa.string()),
        ("dataset", pa.string()),
        ("episode_id", pa.string()),
        ("environment", pa.string()),
        ("instruction", pa.string()),
        ("success", pa.bool_()),
        ("fps", pa.float64()),
        ("start_frame", pa.int32()),
        ("num_frames", pa.int32()),
        ("owned_frames", pa.int32()),
        ("episode_frames", pa.int32()),
        ("action_dim", pa.int32()),
        ("state_dim", pa.int32()),
        *_PER_MEMBER,
        ("jpeg_offsets", pa.list_(pa.int32())),
        ("hashes", pa.list_(pa.uint64(), 2)),
        ("thumbnails", pa.binary()),
    ],
    metadata={"lapa_schema": SHARD_SCHEMA},
)
"""Columns of the index; offsets and sizes count bytes, an absent member has size 0."""


def index_path(shard: Path) -> Path:
    """Return where the index of a tar lies."""
    return shard.with_suffix(".parquet")


def write_index(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write the index of one shard."""
    pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), path, compression="zstd")


def read_index(shard: Path, *, columns: list[str] | None = None) -> pa.Table:
    """Read the index of one shard, whole or some columns.

    Raises:
        FileNotFoundError: the tar has no index, so the shard set is incomplete.
        ValueError: the index is damaged or was written for another layout.
    """
    path = index_path(shard)
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; a shard comes with its index, ingest again")
    try:
        table = pq.read_table(path, columns=columns, memory_map=False)
    except (pa.ArrowInvalid, OSError) as error:
        raise ValueError(f"{path} is damaged ({error}); expected a parquet index") from error
    _require_layout(path, table.schema)
    return table


def _require_layout(path: Path, schema: pa.Schema) -> None:
    layout = (schema.metadata or {}).get(b"lapa_schema", b"none").decode()
    if layout != SHARD_SCHEMA:
        raise ValueError(
            f"{path} has layout {layout!r}, expected {SHARD_SCHEMA!r}; ingest the source again"
        )
