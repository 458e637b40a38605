"""Names in a filter must be names of something: a typing error would take or leave what nobody meant."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow.compute as pc

from lapa.data.shards.taken_rows import ShardRows
from lapa.params.mixture import MixedSourceParams

COLUMNS = {
    "datasets": "dataset",
    "environments": "environment",
    "exclude_environments": "environment",
}
"""Field of the filter -> column of the index that holds such names."""
_SHOWN = 20


def require_known_names(source: MixedSourceParams, rows: Iterable[ShardRows]) -> None:
    """Refuse a filter that names a dataset or an environment that no clip of the source has.

    Args:
        source: of the mixture.
        rows: all its clips, of every split.

    Raises:
        ValueError: naming the field, the names, and those there are.
    """
    parts = list(rows)
    for field, column in COLUMNS.items():
        held = {name for part in parts for name in pc.unique(part.table[column]).to_pylist()}
        if unknown := [name for name in getattr(source.filter, field) if name not in held]:
            raise ValueError(
                f"mixture source {source.dataset!r}: filter.{field} names {unknown}, expected some of "
                f"{sorted(held)[:_SHOWN]}"
            )
