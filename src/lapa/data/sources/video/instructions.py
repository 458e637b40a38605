"""Instructions written beside recordings: one file for all, one file each, or the file's name.

Mapping files are JSON or CSV: ``{"a.mp4": "pick the can"}``, ``{"a": {"instruction": "…"}}``, or a
list (or table) of rows such as ``{"id": "74225", "label": "…"}`` (Something-Something-v2). A key may
be the path below the root, the file name, or the name without suffix. Encodings: `read_text`.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from lapa.data.bad_input import BadInputError, MissingSourceError, OnBad, bad, naming, raise_bad
from lapa.data.limits import MAX_CAPTION_BYTES, MAX_MAPPING_BYTES
from lapa.data.sources.base.inside import is_beside
from lapa.data.sources.base.json_text import parse_json
from lapa.data.sources.base.text_file import Text, read_text

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
    notes: tuple[str, ...] = ()
    """On the files of ``texts``."""

    def of(self, path: Path, root: Path) -> Text:
        """Return the instruction of the file or folder ``path``; empty where nobody wrote one.

        Raises:
            BadInputError: a side-car file cannot be read: ``unreadable_instructions``,
                ``unreadable_text``, ``absurd_dimensions`` or ``unsafe_path``.
        """
        if self.mode == "file_name":
            return Text(words_of(path.stem))
        if self.mode == "folder_name":
            return Text(words_of(path.parent.name))
        relative = path.relative_to(root) if path != root else Path(path.name)
        above = root.name / relative
        places = (form for place in (relative, above) for form in (place, place.with_suffix("")))
        names = [*(place.as_posix() for place in places), path.name, path.stem]
        mapped = next((self.texts[name] for name in names if name in self.texts), "")
        if mapped or self.mode != "auto":
            return Text(mapped, self.notes)
        return _side_car(path, root)


def find_instructions(
    root: Path, instructions: str, *, source: str = "", report: OnBad = raise_bad
) -> Instructions:
    """Return where instructions come from.

    Args:
        root: folder of the recordings.
        instructions: ``auto`` (mapping files named as in `MAPPING_FILES`, then a ``.txt``, ``.json`` or
            ``.csv`` beside each recording), ``file_name``, ``folder_name``, ``none``, or a
            mapping file (relative to ``root`` or absolute).
        source: dataset name for the report.
        report: receives mapping files that cannot be read; those found by ``auto`` cost their texts only.

    Raises:
        MissingSourceError: the mapping file does not exist.
        BadInputError: ``unreadable_instructions``: the mapping file that was asked for.
    """
    if instructions in ("none", "file_name", "folder_name"):
        return Instructions(instructions)
    if instructions == "auto":
        files = _mapping_files(root) or _mapping_files(root.parent)
        return _joined(
            "auto", [mapping for path in files for mapping in _tried(path, source, report)]
        )
    path = root / instructions
    if not path.is_file():
        raise MissingSourceError(
            f"instructions {path} do not exist; expected 'auto', 'file_name', "
            "'folder_name', 'none' or a JSON or CSV file"
        )
    return _joined("mapping", [_mapping(path)])


def _joined(mode: str, files: list[Instructions]) -> Instructions:
    texts = {name: text for mapping in files for name, text in mapping.texts.items()}
    return Instructions(mode, texts, tuple(note for mapping in files for note in mapping.notes))


def _tried(path: Path, source: str, report: OnBad) -> list[Instructions]:
    try:
        with naming(source, str(path)):
            return [_mapping(path)]
    except BadInputError as error:
        report(error.record)
        return []


def _mapping(path: Path) -> Instructions:
    content, notes = _load(path, max_bytes=MAX_MAPPING_BYTES)
    return Instructions("mapping", dict(_read_mapping(content)), notes)


def _mapping_files(folder: Path) -> list[Path]:
    files = {path for pattern in MAPPING_FILES for path in folder.glob(pattern)}
    return sorted(path for path in files if not path.name.startswith("."))


def words_of(name: str) -> str:
    """Turn a file or folder name into words: ``pour_the-coffee`` to ``pour the coffee``."""
    return re.sub(r"[_\-\s]+", " ", name).strip()


def _side_car(path: Path, root: Path) -> Text:
    for suffix in (".txt", ".json", ".csv"):
        for spelling in (suffix, suffix.upper()):
            side_car = path.with_suffix(spelling)
            if side_car.is_file():
                return _caption(side_car, path, root)
    return Text("")


def _caption(side_car: Path, recording: Path, root: Path) -> Text:
    if not is_beside(side_car, recording, root):
        detail = f"{side_car.name} links to a text outside the source; copy the text"
        raise bad("unsafe_path", detail)
    if side_car.suffix.lower() == ".txt":
        text, notes = read_text(side_car, max_bytes=MAX_CAPTION_BYTES)
        return Text(text.strip(), notes)
    content, notes = _load(side_car, max_bytes=MAX_CAPTION_BYTES)
    return Text(next((text for row in _rows(content) if (text := _text_of(row))), ""), notes)


def _read_mapping(content: Any) -> Iterator[tuple[str, str]]:
    if isinstance(content, Mapping):
        yield from ((str(name), _text_of(value)) for name, value in content.items())
        return
    for row in _rows(content):
        name = next((str(row[key]) for key in NAME_KEYS if row.get(key)), "")
        if name:
            yield name, _text_of(row)


def _load(path: Path, *, max_bytes: int) -> tuple[Any, tuple[str, ...]]:
    """Parse a JSON file, or a CSV file as a list of rows; with notes on its encoding.

    Raises:
        BadInputError: ``unreadable_instructions``, or what `read_text` finds.
    """
    text, notes = read_text(path, max_bytes=max_bytes)
    if path.suffix.lower() == ".json":
        return parse_json(text, name=path.name, reason="unreadable_instructions"), notes
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    try:
        # newline="" leaves line breaks inside quotes to the CSV reader
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise bad("unreadable_instructions", f"{path.name}: {error}") from error
    return [{str(key).strip().lower(): row[key] for key in row} for row in rows], notes


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
