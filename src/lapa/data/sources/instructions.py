"""Instructions written beside recordings: one file for all, one file each, or the file's name.

Mapping files are JSON or CSV: ``{"a.mp4": "pick the can"}``, ``{"a": {"instruction": "…"}}``, or a
list (or table) of rows such as ``{"id": "74225", "label": "…"}`` (Something-Something-v2). A key may
be the path below the root, the file name, or the name without suffix.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from lapa.data.bad_input import bad

TEXT_KEYS: Final = (
    "instruction",
    "language_instruction",
    "text",
    "task",
    "caption",
    "label",
    "description",
    "sentence",
)
NAME_KEYS: Final = ("video", "video_id", "file", "file_name", "filename", "path", "name", "id")
MAPPING_FILES: Final = (
    "*annotations.json",
    "*instructions.json",
    "*captions.json",
    "*labels.json",
    "something-something-v2-*.json",
    "*annotations.csv",
    "*instructions.csv",
    "*captions.csv",
    "*labels.csv",
    "metadata.csv",
    "labels/*.json",
    "labels/*.csv",
)
"""Where ``auto`` looks: at the root of the source, else in the folder above it."""


@dataclass(frozen=True)
class Instructions:
    """Finds the instruction of a recording."""

    mode: str
    texts: Mapping[str, str] = field(default_factory=dict)

    def of(self, path: Path, root: Path) -> str:
        """Return the instruction of the file or folder ``path``; empty where nobody wrote one.

        Raises:
            BadInputError: ``unreadable_instructions``: a side-car file cannot be parsed.
        """
        if self.mode == "file_name":
            return words_of(path.stem)
        if self.mode == "folder_name":
            return words_of(path.parent.name)
        relative = path.relative_to(root) if path != root else Path(path.name)
        above = root.name / relative
        places = (form for place in (relative, above) for form in (place, place.with_suffix("")))
        names = [*(place.as_posix() for place in places), path.name, path.stem]
        mapped = next((self.texts[name] for name in names if name in self.texts), "")
        return mapped or (_side_car(path) if self.mode == "auto" else "")


def find_instructions(root: Path, instructions: str) -> Instructions:
    """Return where instructions come from.

    Args:
        root: folder of the recordings.
        instructions: ``auto`` (mapping files named as in `MAPPING_FILES`, then a ``.txt``, ``.json`` or
            ``.csv`` beside each recording), ``file_name``, ``folder_name``, ``none``, or a
            mapping file (relative to ``root`` or absolute).

    Raises:
        FileNotFoundError: the mapping file does not exist.
        BadInputError: ``unreadable_instructions``.
    """
    if instructions in ("none", "file_name", "folder_name"):
        return Instructions(instructions)
    if instructions == "auto":
        found = _mapping_files(root) or _mapping_files(root.parent)
    else:
        found = [root / instructions]
        if not found[0].is_file():
            raise FileNotFoundError(
                f"instructions {found[0]} do not exist; expected 'auto', 'file_name', "
                "'folder_name', 'none' or a JSON or CSV file"
            )
    texts = {name: text for path in found for name, text in _read_mapping(path)}
    return Instructions("auto" if instructions == "auto" else "mapping", texts)


def _mapping_files(folder: Path) -> list[Path]:
    return sorted({path for pattern in MAPPING_FILES for path in folder.glob(pattern)})


def words_of(name: str) -> str:
    """Turn a file or folder name into words: ``pour_the-coffee`` to ``pour the coffee``."""
    return re.sub(r"[_\-\s]+", " ", name).strip()


def _side_car(path: Path) -> str:
    text_file = path.with_suffix(".txt")
    if text_file.is_file():
        return text_file.read_text(encoding="utf-8", errors="replace").strip()
    for suffix in (".json", ".csv"):
        side_car = path.with_suffix(suffix)
        if side_car.is_file():
            content = _load(side_car)
            return next((text for row in _rows(content) if (text := _text_of(row))), "")
    return ""


def _read_mapping(path: Path) -> Iterator[tuple[str, str]]:
    content = _load(path)
    if isinstance(content, Mapping):
        yield from ((str(name), _text_of(value)) for name, value in content.items())
        return
    for row in _rows(content):
        name = next((str(row[key]) for key in NAME_KEYS if row.get(key)), "")
        if name:
            yield name, _text_of(row)


def _load(path: Path) -> Any:
    """Parse a JSON file, or a CSV file as a list of rows.

    Raises:
        BadInputError: ``unreadable_instructions``.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() == ".json":
            return json.loads(text)
        header = text.partition("\n")[0]
        delimiter = max(",;\t", key=header.count)
        return list(csv.DictReader(text.splitlines(), delimiter=delimiter))
    except (ValueError, csv.Error) as error:
        raise bad(
            "unreadable_instructions", f"{type(error).__name__}: {error}", item=str(path)
        ) from error


def _rows(content: Any) -> Iterable[Mapping[str, Any]]:
    rows = content if isinstance(content, list) else [content]
    return [row for row in rows if isinstance(row, Mapping)]


def _text_of(value: Any) -> str:
    """Return the text in a string, a list of strings (the first) or a row with a text column."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return _text_of(value[0]) if value else ""
    if isinstance(value, Mapping):
        return next((_text_of(value[key]) for key in TEXT_KEYS if value.get(key)), "")
    return ""
