"""Reads the JSON or NPZ file that lies beside a video, and joins its arrays to columns."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from lapa.data.bad_input import BadInputError, bad
from lapa.data.limits import MAX_SIDE_FILE_BYTES
from lapa.data.sources.base.array_file import read_arrays
from lapa.data.sources.base.json_text import parse_json
from lapa.data.sources.base.rows import Rows, float_rows, numbered_names
from lapa.data.sources.base.text_file import read_text
from lapa.data.sources.video.action_interval import ActionRule, per_frame
from lapa.data.sources.video.array_fields import ArrayColumns, value_at
from lapa.records import ActionMeaning


def read_side_file(path: Path) -> Mapping[str, Any]:
    """Return the contents of a ``.json`` or ``.npz`` file; never unpickles.

    Raises:
        BadInputError: truncated, no object at the top, pickled arrays, or too large.
    """
    return _read_npz(path) if path.suffix.lower() == ".npz" else _read_json(path)


def _read_json(path: Path) -> Mapping[str, Any]:
    text = read_text(path, max_bytes=MAX_SIDE_FILE_BYTES).text
    contents = parse_json(text, name=path.name, reason="broken_json")
    if not isinstance(contents, dict):
        raise bad("broken_json", f"{path.name} holds a {type(contents).__name__}, not an object")
    return contents


def _read_npz(path: Path) -> Mapping[str, Any]:
    try:
        return {name: _unwrapped(array) for name, array in read_arrays(path).items()}
    except BadInputError:
        raise
    except Exception as error:  # zip, zlib and NumPy raise a dozen kinds from flipped bytes
        raise bad("broken_npz", f"{path.name}: {type(error).__name__}: {error}") from error


def _unwrapped(array: Any) -> Any:
    """Texts and single numbers as Python values, arrays as they are."""
    return array.item() if array.ndim == 0 else array


def text_at(contents: Mapping[str, Any], keys: tuple[str, ...]) -> str:
    """Return the first non-empty text under ``keys``; empty where nobody wrote one."""
    for key in keys:
        value = value_at(contents, key)
        texts = value if isinstance(value, list | np.ndarray) else [value]
        for text in texts:
            if isinstance(text, str) and text.strip():
                return str(text).strip()
    return ""


def success_at(contents: Mapping[str, Any], key: str | None) -> bool | None:
    """Return a 0/1 or false/true entry, None where there is none.

    Raises:
        BadInputError: any other value.
    """
    value = None if key is None else value_at(contents, key)
    if value is None:
        return None
    if not isinstance(value, bool | int | float) or value not in (0, 1):
        raise bad("wrong_type", f"{key} is {value!r}, expected 0, 1, false or true")
    return bool(value)


def read_columns(
    contents: Mapping[str, Any],
    columns: tuple[ArrayColumns, ...],
    *,
    rows_per_frame: int = 1,
    rule: ActionRule = "subsample",
) -> Rows | None:
    """Join arrays side by side as ``float32 (frame, dimension)``; None when all are absent.

    Raises:
        BadInputError: some are absent and others not, lengths differ, or a wrong width.
    """
    values = {part.field: value_at(contents, part.field) for part in columns}
    missing = [key for key, value in values.items() if value is None]
    if len(missing) == len(values):
        return None
    if missing:
        raise bad("missing_columns", f"{missing} are missing, found {sorted(contents)}")
    parts = [_checked(values[part.field], part) for part in columns]
    lengths = {part.field: len(rows) for part, rows in zip(columns, parts, strict=True)}
    if len(set(lengths.values())) != 1:
        raise bad("length_mismatch", f"arrays have different lengths: {lengths}")
    reduced = [
        per_frame(rows, rows_per_frame, rule=rule, kinds=part.kinds(rows.shape[1]))
        for part, rows in zip(columns, parts, strict=True)
    ]
    return np.concatenate(reduced, axis=1)


def _checked(values: Any, part: ArrayColumns) -> Rows:
    rows = float_rows(values, part.field)
    if part.names and rows.shape[1] != len(part.names):
        width = f"{part.field} has {rows.shape[1]} columns"
        raise bad("wrong_shape", f"{width}, the field map names {len(part.names)}")
    return rows


def column_names(columns: tuple[ArrayColumns, ...], width: int, prefix: str) -> tuple[str, ...]:
    """Return the names of the joined columns, numbered unless every part is named."""
    names = tuple(name for part in columns for name in part.names)
    return names if len(names) == width else numbered_names(prefix, width)


def column_meanings(columns: tuple[ArrayColumns, ...], width: int) -> tuple[ActionMeaning, ...]:
    """Return what each of the joined columns is; none unless every part tells."""
    meanings: list[ActionMeaning] = []
    for part in columns:
        count = width if len(columns) == 1 else len(part.names)
        meanings += [MEANINGS[kind] for kind in part.kinds(count)]
    return tuple(meanings) if len(meanings) == width else ()


def column_units(columns: tuple[ArrayColumns, ...], width: int) -> tuple[str, ...]:
    """Return the units of the joined columns, none unless every part has them."""
    units = tuple(unit for part in columns for unit in part.units)
    return units if len(units) == width else ()


MEANINGS: Final[Mapping[str, ActionMeaning]] = {"absolute": "absolute", "increment": "relative"}
"""What the kinds of a field map are called in an episode."""
