"""Which cameras of a field map an RLDS dataset has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lapa.data.bad_input import BadInputs
from lapa.data.sources.rlds.features import read_schema
from lapa.data.sources.rlds.field_map import field_map_for, load_field_map
from lapa.data.sources.rlds.folder import find_folders, read_folder


def rlds_cameras(
    path: Path, fields: str | Path | Mapping[str, Any] | None = None
) -> tuple[str, ...]:
    """Short names of the first dataset's cameras that ``features.json`` has, in the order of the map.

    Raises:
        BadInputError: there is no dataset, or no map knows it.
    """
    version = find_folders(path, source=path.name, report=BadInputs())[0]
    folder = read_folder(version)
    mapped = field_map_for(folder.name) if fields is None else load_field_map(fields)
    schema = read_schema(version / "features.json")
    return tuple(name for name, field in mapped.cameras.items() if field in schema)
