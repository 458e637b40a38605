"""What ``meta/`` of a LeRobot dataset (v2.0, v2.1, v3.0) says, and how far it may be believed.

``info.json`` in the wild lists cameras without files, counts of zero and splits of other subsets,
so only what is needed to read is taken from it, and every contradiction with the files becomes a
note instead of a failure. Layouts: https://huggingface.co/docs/lerobot/lerobot-dataset-v3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from lapa.data.bad_input import bad, naming
from lapa.data.limits import MAX_INFO_BYTES, MAX_LINE_BYTES
from lapa.data.sources.base.inside import inside
from lapa.data.sources.base.json_text import parse_json
from lapa.data.sources.base.regular_file import open_regular, read_bytes
from lapa.data.sources.base.rows import numbered_names
from lapa.data.sources.lerobot.parquet import open_parquet, read_table
from lapa.data.sources.lerobot.table import single

CAMERA_TYPES = ("video", "image")
"""Feature dtypes that hold pictures: mp4 files, or encoded images inside the parquet files."""


LONG_FIELD = re.compile(r"\{[^}]*:[^}]*\d{3}")
"""In a template: a value written over a hundred characters wide."""


class Feature(BaseModel):
    """One entry of ``features``."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    dtype: str = ""
    shape: tuple[int, ...] = ()
    names: Any = None
    """A list, a nested list, a mapping ``{"motors": [...]}``, or nothing, as recorders please."""
    info: Mapping[str, Any] = {}
    """Facts on the video, where there is one; ``video_info`` in older datasets."""

    @model_validator(mode="before")
    @classmethod
    def _tolerate(cls, raw: Any) -> Any:
        """Features that nobody reads may hold nothing, or anything: they must not cost the dataset."""
        facts = raw if isinstance(raw, Mapping) else {}
        shape = facts.get("shape")
        info: dict[str, Any] = {}
        for name in ("video_info", "info"):
            info |= facts[name] if isinstance(facts.get(name), Mapping) else {}
        is_shape = isinstance(shape, list | tuple) and all(isinstance(n, int) for n in shape)
        return {
            "dtype": facts["dtype"] if isinstance(facts.get("dtype"), str) else "",
            "shape": shape if is_shape else (),
            "names": facts.get("names"),
            "info": info,
        }


class LeRobotInfo(BaseModel):
    """The part of ``info.json`` that reading needs."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    codebase_version: str
    fps: float = Field(gt=0, le=1000)
    features: dict[str, Feature]
    data_path: str
    video_path: str | None = None
    chunks_size: int = Field(default=1000, gt=0)
    robot_type: str | None = None
    total_episodes: int = 0
    splits: dict[str, Any] = {}

    @property
    def major_version(self) -> int:
        """2 or 3: which file layout to read."""
        return int(self.codebase_version.lstrip("v").split(".")[0])

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, raw: Any) -> Any:
        """Take ``null`` for an entry that is not there."""
        if not isinstance(raw, Mapping):
            return raw
        return {name: value for name, value in raw.items() if value is not None}

    def pictures(self) -> tuple[str, ...]:
        """Return the picture features, depth among them, in the order of the file."""
        return tuple(key for key, value in self.features.items() if value.dtype in CAMERA_TYPES)


def read_info(root: Path) -> LeRobotInfo:
    """Read ``meta/info.json``.

    Raises:
        BadInputError: missing, not JSON, a needed field missing, or a version other than 2 and 3.
    """
    path = root / "meta" / "info.json"
    try:
        info = LeRobotInfo.model_validate_json(read_bytes(path, max_bytes=MAX_INFO_BYTES))
    except FileNotFoundError as error:
        raise bad("missing_info", "no meta/info.json: is this a LeRobot dataset?") from error
    except ValidationError as error:
        faults = "; ".join(f"{fault['loc']}: {fault['msg']}" for fault in error.errors())
        raise bad("broken_info", f"meta/info.json cannot be used: {faults}") from error
    if info.codebase_version[:2] not in ("v2", "v3"):
        problem = f"codebase_version is {info.codebase_version!r}, expected v2.0, v2.1 or v3.0"
        raise bad("unknown_version", f"{problem}; convert the dataset with the lerobot package")
    return info


def dimension_names(info: LeRobotInfo, key: str, width: int) -> tuple[str, ...]:
    """Return ``width`` names for the columns of a feature: its own where they fit, else numbers."""
    feature = info.features.get(key)
    names = tuple(_flat(feature.names)) if feature else ()
    return names if len(names) == width else numbered_names(key.rsplit(".", 1)[-1], width)


def _flat(names: Any) -> Iterator[str]:
    if isinstance(names, str):
        yield names
    elif isinstance(names, Mapping):
        for value in names.values():
            yield from _flat(value)
    elif isinstance(names, list):
        for value in names:
            yield from _flat(value)


def read_tasks(root: Path) -> dict[int, str]:
    """Return instruction by task index, from ``tasks.parquet`` (v3) or ``tasks.jsonl`` (v2).

    Empty when the dataset has neither.

    Raises:
        BadInputError: the file exists and has no task index or no text.
    """
    table, lines = root / "meta" / "tasks.parquet", root / "meta" / "tasks.jsonl"
    if table.exists():
        return _tasks_of_table(_read_table(table))
    if lines.exists():
        return {
            _task_index(line): str(single(line.get("task")) or "") for line in read_jsonl(lines)
        }
    return {}


def _task_index(line: Mapping[str, Any]) -> int:
    index = single(line.get("task_index"))
    if not isinstance(index, int):
        raise bad("missing_columns", f"tasks.jsonl: line {dict(line)} has no integer task_index")
    return index


def _tasks_of_table(table: pa.Table) -> dict[int, str]:
    # The text is the pandas index of the frame that lerobot wrote: unnamed, or named "task".
    text = [name for name in ("task", "__index_level_0__") if name in table.column_names]
    if "task_index" not in table.column_names or not text:
        problem = f"tasks.parquet has columns {table.column_names}"
        raise bad("missing_columns", f"{problem}, expected task_index and task")
    pairs = zip(table["task_index"].to_pylist(), table[text[0]].to_pylist(), strict=True)
    singles = ((single(index), single(task)) for index, task in pairs)
    return {int(index): str(task) for index, task in singles if index is not None and task}


def read_jsonl(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the objects of a JSON-lines file.

    Raises:
        BadInputError: a line is not a JSON object; the message gives its number.
    """
    with open_regular(path) as file:
        for number in count(1):
            line = file.readline(MAX_LINE_BYTES + 1)
            if not line:
                return
            if line.strip():
                yield _json_object(line, f"{path.name} line {number}")


def _json_object(line: bytes, where: str) -> dict[str, Any]:
    if len(line) > MAX_LINE_BYTES:
        raise bad("absurd_dimensions", f"{where} is longer than {MAX_LINE_BYTES} bytes")
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        raise bad("broken_json", f"{where}: {error}") from error
    content = parse_json(text, name=where, reason="broken_json")
    if not isinstance(content, dict):
        raise bad("broken_json", f"{where} is a {type(content).__name__}, expected an object")
    return content


def _read_table(path: Path) -> pa.Table:
    """Read a small parquet file."""
    with naming("", str(path)):
        return read_table(open_parquet(path), max_bytes=MAX_INFO_BYTES)


def path_inside(root: Path, template: str, fields: Mapping[str, int | str]) -> Path:
    """Fill a path template of ``info.json``; the result must stay below ``root``.

    Raises:
        BadInputError: an unknown placeholder, or a path that leaves the dataset.
    """
    try:
        if LONG_FIELD.search(template):  # a width of 999999999 writes a gigabyte of blanks
            raise ValueError("a width of over two digits")
        path = root / template.format(**fields)
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        detail = f"path template {template!r} cannot be filled from {sorted(fields)}"
        raise bad("broken_info", detail) from error
    return inside(root, path)
