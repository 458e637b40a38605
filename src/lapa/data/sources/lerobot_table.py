"""Rows of one episode from a parquet file that may hold many, without reading the others.

Only the row groups whose statistics admit the episode are read, only the columns asked for, and
the last ones read are kept, because neighbouring episodes share them. Memory is bounded by a row
group (lerobot writes about 100 MB of file at most), not by the dataset.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from einops import rearrange

from lapa.data.bad_input import bad

EPISODE = "episode_index"

DAMAGE = (pa.ArrowException, OSError, UnicodeDecodeError)
"""What pyarrow raises from a damaged file, depending on which part was hit."""


class EpisodeTable:
    """Reads episodes of one parquet file, column-wise."""

    def __init__(self, path: Path) -> None:
        """Open the footer.

        Raises:
            BadInputError: missing, truncated or not parquet.
        """
        self.path = path
        try:
            self._file = pq.ParquetFile(path)
        except FileNotFoundError as error:
            raise bad("missing_file", "the parquet file does not exist", item=str(path)) from error
        except DAMAGE as error:
            raise bad("broken_parquet", str(error), item=str(path)) from error
        self.columns: tuple[str, ...] = tuple(self._file.schema_arrow.names)
        self._kept_key: tuple[tuple[int, ...], tuple[str, ...]] = ((), ())
        self._kept: pa.Table | None = None

    def require(self, columns: list[str]) -> None:
        """Refuse a file without these columns.

        Raises:
            BadInputError: naming the missing columns and those there are.
        """
        missing = [name for name in columns if name not in self.columns]
        if missing:
            detail = f"columns {missing} are missing, found {list(self.columns)}"
            raise bad("missing_columns", detail, item=str(self.path))

    def read(self, episode: int | None, columns: list[str]) -> pa.Table:
        """Return the rows of one episode in file order; None takes the whole file (v2 layout).

        Raises:
            BadInputError: a column is missing, a page is corrupt, or the episode has no row.
        """
        self.require(columns if episode is None else [*columns, EPISODE])
        if episode is None:
            return self._read_groups(tuple(range(self._file.num_row_groups)), tuple(columns))
        table = self._read_groups(self._groups_with(episode), tuple(sorted({*columns, EPISODE})))
        rows = table.filter(pc.equal(table[EPISODE], episode))
        if not rows.num_rows:
            raise bad("missing_rows", f"no row with {EPISODE} {episode}", item=str(self.path))
        return rows

    def _groups_with(self, episode: int) -> tuple[int, ...]:
        metadata = self._file.metadata
        names = [metadata.schema.column(i).path for i in range(metadata.num_columns)]
        column = names.index(EPISODE)
        found = []
        for group in range(metadata.num_row_groups):
            statistics = metadata.row_group(group).column(column).statistics
            known = statistics is not None and statistics.has_min_max
            if not known or statistics.min <= episode <= statistics.max:
                found.append(group)
        return tuple(found)

    def _read_groups(self, groups: tuple[int, ...], columns: tuple[str, ...]) -> pa.Table:
        if self._kept is None or self._kept_key != (groups, columns):
            self._kept = None  # free the old groups before reading the new ones
            try:
                self._kept = self._file.read_row_groups(list(groups), columns=list(columns))
            except DAMAGE as error:
                raise bad("broken_parquet", str(error), item=str(self.path)) from error
            self._kept_key = (groups, columns)
        return self._kept


def rows_of_lists(column: pa.ChunkedArray, name: str) -> np.ndarray:
    """Return a column of lists (or of numbers) as an array ``(frame, dimension)`` (or ``(frame,)``).

    Raises:
        BadInputError: a null, or lists of different lengths.
    """
    array = column.combine_chunks()
    if array.null_count:
        raise bad("missing_values", f"column {name} has {array.null_count} empty rows")
    if not (pa.types.is_list(array.type) or pa.types.is_fixed_size_list(array.type)):
        return np.asarray(array.to_numpy(zero_copy_only=False))
    lengths = np.asarray(pc.list_value_length(array))
    if len(set(lengths.tolist())) != 1:
        detail = f"column {name}: lists of {lengths.min()} to {lengths.max()} numbers"
        raise bad("ragged_rows", f"{detail}, expected one length")
    flat = np.asarray(array.flatten().to_numpy(zero_copy_only=False))
    rows: np.ndarray = rearrange(flat, "(frame dimension) -> frame dimension", frame=len(array))
    return rows
