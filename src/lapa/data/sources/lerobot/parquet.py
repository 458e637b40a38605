"""Parquet files of untrusted writers: their footers promise rows, and a few bytes may stand for millions.

A constant column of any length, and a long text that is repeated by its number in a dictionary, take almost
nothing on disk. So rows are read in batches that are small where values may be large, and counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from lapa.data.bad_input import BadInputError, bad
from lapa.data.limits import MAX_ROWS, MAX_TABLE_BYTES

DAMAGE = (pa.ArrowException, OSError, UnicodeDecodeError)
"""What pyarrow raises from a damaged file, depending on which part was hit."""

LARGEST_BATCH: Final = 1 << 16
"""Rows read at a time where values are numbers."""

WIDTHS: Final = {"BOOLEAN": 1, "INT32": 4, "FLOAT": 4, "INT64": 8, "DOUBLE": 8, "INT96": 12}
"""Bytes of a number by its type in the file."""


def open_parquet(path: Path) -> pq.ParquetFile:
    """Open a parquet file and read its footer.

    Raises:
        BadInputError: missing, truncated or not parquet.
    """
    if path.exists() and not path.is_file():
        raise bad(
            "not_a_file", "a device, a pipe or a folder, expected a parquet file", item=str(path)
        )
    try:
        return pq.ParquetFile(path)
    except FileNotFoundError as error:
        raise bad("missing_file", "the parquet file does not exist", item=str(path)) from error
    except DAMAGE as error:
        raise bad("broken_parquet", str(error), item=str(path)) from error


def read_table(
    file: pq.ParquetFile,
    *,
    groups: Sequence[int] | None = None,
    columns: Sequence[str] | None = None,
    max_bytes: int = MAX_TABLE_BYTES,
) -> pa.Table:
    """Return some row groups (all when None) and columns of a file.

    Raises:
        BadInputError: ``broken_parquet``, or ``absurd_dimensions``: more than ``max_bytes``.
    """
    batches: list[pa.RecordBatch] = []
    left = max_bytes
    for batch in read_batches(file, groups=groups, columns=columns, max_bytes=max_bytes):
        left -= batch.nbytes
        if left < 0:
            raise _absurd(
                f"its first {sum(b.num_rows for b in batches) + batch.num_rows} rows take over {max_bytes} bytes"
            )
        batches.append(batch)
    if not batches:
        names = file.schema_arrow.names if columns is None else columns
        return file.schema_arrow.empty_table().select(list(names))
    return pa.Table.from_batches(batches)


def read_batches(
    file: pq.ParquetFile,
    *,
    groups: Sequence[int] | None = None,
    columns: Sequence[str] | None = None,
    max_bytes: int = MAX_TABLE_BYTES,
) -> Iterator[pa.RecordBatch]:
    """Yield rows in their order, as many at a time as fit a part of ``max_bytes``.

    Raises:
        BadInputError: ``broken_parquet``, or ``absurd_dimensions`` by what the footer promises.
    """
    chosen = list(range(file.num_row_groups)) if groups is None else list(groups)
    names = list(file.schema_arrow.names if columns is None else columns)
    require_sound(file, groups=chosen, columns=names)
    rows = _batch_rows(file.metadata, chosen, names, max_bytes)
    try:
        yield from file.iter_batches(batch_size=rows, row_groups=chosen, columns=names)
    except DAMAGE as error:
        raise bad("broken_parquet", str(error)) from error


def require_sound(file: pq.ParquetFile, *, groups: Sequence[int], columns: Sequence[str]) -> None:
    """Read one row of each group: what pyarrow says of a column of a damaged footer ends the process.

    Its accessors of metadata let exceptions of C++ through (``ColumnChunk`` is declared without ``except +``);
    reading raises them as Python's.

    Raises:
        BadInputError: ``broken_parquet``.
    """
    try:
        for group in groups:
            next(file.iter_batches(batch_size=1, row_groups=[group], columns=list(columns)), None)
    except DAMAGE as error:
        raise bad("broken_parquet", str(error)) from error


def leaves_of(metadata: pq.FileMetaData, columns: Sequence[str]) -> list[int]:
    """Return the places of the stored columns behind these names; a list has a longer path than its name."""
    paths = (metadata.schema.column(place).path for place in range(metadata.num_columns))
    below = tuple(f"{name}." for name in columns)
    return [place for place, path in enumerate(paths) if f"{path}.".startswith(below)]


def _batch_rows(
    metadata: pq.FileMetaData, groups: Sequence[int], columns: Sequence[str], max_bytes: int
) -> int:
    """Return how many rows to read at a time; refuses a footer that promises too much."""
    num_rows, num_bytes, largest = 0, 0, 1
    leaves = leaves_of(metadata, columns)
    for group in map(metadata.row_group, groups):
        num_rows += group.num_rows
        for column in map(group.column, leaves):
            if width := WIDTHS.get(column.physical_type):
                num_bytes += column.num_values * width
            else:  # no value is larger than all pages of its column
                largest = max(largest, column.total_uncompressed_size)
    if num_rows > MAX_ROWS or num_bytes > max_bytes:
        limits = f"expected at most {MAX_ROWS} and {max_bytes}"
        raise _absurd(
            f"the footer promises {num_rows} rows, {num_bytes} bytes of numbers, {limits}"
        )
    return max(1, min(LARGEST_BATCH, max_bytes // 4 // largest))


def _absurd(detail: str) -> BadInputError:
    return bad("absurd_dimensions", f"{detail}; write shorter files")
