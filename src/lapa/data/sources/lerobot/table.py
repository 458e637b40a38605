"""Rows of one episode from a parquet file that may hold many, without reading the others.

Only the row groups whose statistics admit the episode are read, only the columns asked for, and
the last ones read are kept, because neighbouring episodes share them. Memory is bounded by a row
group (lerobot writes about 100 MB of file at most), not by the dataset.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from einops import rearrange

from lapa.data.bad_input import bad, naming
from lapa.data.sources.lerobot.parquet import leaves_of, open_parquet, read_table, require_sound

EPISODE = "episode_index"


class EpisodeTable:
    """Reads episodes of one parquet file, column-wise."""

    def __init__(self, path: Path) -> None:
        """Open the footer.

        Raises:
            BadInputError: missing, truncated or not parquet.
        """
        self.path = path
        self._file = open_parquet(path)
        self.columns: tuple[str, ...] = tuple(self._file.schema_arrow.names)
        self._kept_key: tuple[tuple[int, ...], tuple[str, ...]] = ((), ())
        self._kept: pa.Table | None = None
        self._place: int | None = None

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
        rows = table.filter(pa.array(rows_of_lists(table[EPISODE], EPISODE).ravel() == episode))
        if not rows.num_rows:
            raise bad("missing_rows", f"no row with {EPISODE} {episode}", item=str(self.path))
        return rows

    def _groups_with(self, episode: int) -> tuple[int, ...]:
        metadata = self._file.metadata
        column = self._episode_column()
        groups = []
        for group in range(metadata.num_row_groups):
            statistics = metadata.row_group(group).column(column).statistics
            known = statistics is not None and statistics.has_min_max
            if not known or statistics.min <= episode <= statistics.max:
                groups.append(group)
        return tuple(groups)

    def _episode_column(self) -> int:
        """Where the numbers of the episodes are stored; the groups are looked at once for all episodes."""
        if self._place is None:
            every = range(self._file.num_row_groups)
            with naming("", str(self.path)):
                require_sound(self._file, groups=every, columns=[EPISODE])
            self._place = leaves_of(self._file.metadata, [EPISODE])[0]
        return self._place

    def _read_groups(self, groups: tuple[int, ...], columns: tuple[str, ...]) -> pa.Table:
        if self._kept is None or self._kept_key != (groups, columns):
            self._kept = None  # free the old groups before reading the new ones
            with naming("", str(self.path)):
                self._kept = read_table(self._file, groups=groups, columns=columns)
            self._kept_key = (groups, columns)
        return self._kept


LISTS: tuple[Callable[[pa.DataType], bool], ...] = (
    pa.types.is_list,
    pa.types.is_large_list,
    pa.types.is_fixed_size_list,
    pa.types.is_list_view,
    pa.types.is_large_list_view,
)
"""How pyarrow may bring back a list, depending on who wrote the file."""


def rows_of_lists(column: pa.ChunkedArray, name: str) -> np.ndarray:
    """Return a column of lists (or of numbers) as an array ``(frame, dimension)`` (or ``(frame,)``).

    Lists may be of any kind that Arrow knows, and lists of lists (a matrix per frame) become one row.

    Raises:
        BadInputError: a null, lists of different lengths, or something else than numbers.
    """
    array, frames = _plain(column.combine_chunks(), name), len(column)
    is_list = False
    while any(is_kind(array.type) for is_kind in LISTS):
        is_list = True
        array = _plain(_flattened(array, name), name)
    if not (pa.types.is_primitive(array.type) and not pa.types.is_temporal(array.type)):
        raise bad("wrong_type", f"column {name} holds {column.type}, expected numbers")
    flat = np.asarray(array.to_numpy(zero_copy_only=False))
    if not is_list:
        return flat
    rows: np.ndarray = rearrange(flat, "(frame dimension) -> frame dimension", frame=frames)
    return rows


def _plain(array: Any, name: str) -> Any:
    """Undo extension types and dictionaries; refuse empty cells."""
    if isinstance(array, pa.ExtensionArray):
        array = array.storage
    if isinstance(array, pa.DictionaryArray):
        array = array.dictionary_decode()
    if array.null_count:
        raise bad("missing_values", f"column {name} has {array.null_count} empty rows")
    return array


def _flattened(array: Any, name: str) -> Any:
    lengths = np.asarray(pc.list_value_length(array))
    if len(set(lengths.tolist())) > 1:
        detail = f"column {name}: lists of {lengths.min()} to {lengths.max()} numbers"
        raise bad("ragged_rows", f"{detail}, expected one length")
    return array.flatten()


def single(value: Any) -> Any:
    """Take a value of shape (1,) out of its list, where a recorder stored it as one."""
    while isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    return value
