"""Where the tfrecords of a TFDS dataset lie, and how many records each should hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from lapa.data.bad_input import BadInputError, OnBad, SettingsError, bad, naming, require_path
from lapa.data.left_out import leave_out
from lapa.data.limits import MAX_INFO_BYTES
from lapa.data.sources.base.folder_walk import is_hidden
from lapa.data.sources.base.json_text import parse_json
from lapa.data.sources.base.text_file import read_text

SHARD_NAME: Final = re.compile(
    r"(?P<dataset>.+)-(?P<split>[^-]+)\.tfrecord-(?P<number>\d+)-of-(?P<total>\d+)$"
)
"""TFDS' own pattern, ``{DATASET}-{SPLIT}.tfrecord-{SHARD_X_OF_Y}``."""


VERSION: Final = re.compile(r"\d+\.\d+\.\d+")
INTERRUPTED: Final = re.compile(r"^incomplete\.|\.incomplete", re.IGNORECASE)
"""TFDS builds in ``incomplete.XXXXXX_1.0.0`` (earlier ``1.0.0.incompleteXXXXXX``) and renames at the end."""


@dataclass(frozen=True)
class RldsFolder:
    """One version of one dataset."""

    path: Path
    name: str
    records: dict[tuple[str, int], int] = field(default_factory=dict)
    """Records per (split, shard number), as ``dataset_info.json`` says."""
    builder: str = ""
    """The module that wrote the files, ``moduleName`` of ``dataset_info.json``."""

    @property
    def has_mended_channels(self) -> bool:
        """Whether this is a copy made by ``rlds_dataset_mod``, which puts swapped channels right.

        Octo and OpenVLA train on such copies; they keep the name and the version of the original.
        See https://github.com/kpertsch/rlds_dataset_mod/blob/main/prepare_open_x.sh.
        """
        return self.builder.startswith("rlds_dataset_mod")

    def shards(self, splits: Sequence[str] | None, *, report: OnBad) -> Iterator[Path]:
        """Yield the tfrecord files of ``splits`` (all when None); absent ones are reported.

        Raises:
            BadInputError: ``no_tfrecords``.
            SettingsError: no such split.
        """
        present = {(m["split"], int(m["number"])): p for p, m in _tfrecords(self.path)}
        if not present:
            detail = "no <dataset>-<split>.tfrecord-XXXXX-of-YYYYY files"
            raise bad("no_tfrecords", detail, source=self.name, item=str(self.path))
        wanted = sorted(present.keys() | self.records.keys())
        known = sorted({split for split, _ in wanted})
        if splits is not None and not set(splits) <= set(known):
            raise SettingsError(f"{self.path}: asked for splits {list(splits)}, it has {known}")
        for split, number in wanted:
            if splits is not None and split not in splits:
                continue
            if (split, number) in present:
                yield present[split, number]
            else:
                lost = self.records[split, number]
                detail = f"the file is not there; dataset_info.json says it holds {lost} records"
                item = f"{split} shard {number}"
                report(bad("missing_shard", detail, source=self.name, item=item).record)

    def expected_records(self, shard: Path) -> int | None:
        """How many records ``shard`` should hold; None where nobody says."""
        match = SHARD_NAME.match(shard.name)
        return self.records.get((match["split"], int(match["number"]))) if match else None


def find_folders(path: Path, *, source: str, report: OnBad) -> list[Path]:
    """Return the version folders at ``path`` or up to two folders below, the newest of each dataset.

    Hidden folders and what an interrupted build left behind are counted as left out.

    Raises:
        MissingSourceError: ``path`` does not exist.
        BadInputError: ``no_tfrecords``: nothing like a TFDS dataset is there.
    """
    require_path(path, expected="a TFDS dataset, or a folder of them")
    newest: dict[Path, Path] = {}
    for folder in _datasets_below(path, source, report):
        is_version = bool(VERSION.fullmatch(folder.name)) and folder != path
        dataset = folder.parent if is_version else folder
        newest[dataset] = max(newest.get(dataset, folder), folder, key=_version)
    if not newest:
        detail = "no dataset_info.json and no tfrecord files here or two folders below"
        raise bad("no_tfrecords", detail, item=str(path))
    return [newest[dataset] for dataset in sorted(newest)]


def _datasets_below(path: Path, source: str, report: OnBad) -> Iterator[Path]:
    """Yield what looks like a version folder, each real one once."""
    seen: set[Path] = set()
    for folder in [path, *sorted(path.glob("*/")), *sorted(path.glob("*/*/"))]:
        below = folder.relative_to(path)
        try:
            with naming(source, str(folder)):
                is_dataset = not any(map(is_hidden, below.parts)) and _is_dataset(folder)
        except BadInputError as error:
            report(error.record)
            continue
        if not is_dataset:
            continue
        if any(map(INTERRUPTED.search, below.parts)):
            leave_out(report, source, {f"interrupted TFDS build: {below.as_posix()}": 1})
        elif folder.resolve() in seen:
            leave_out(report, source, {f"read under another name: {below.as_posix()}": 1})
        else:
            seen.add(folder.resolve())
            yield folder


def _is_dataset(folder: Path) -> bool:
    return (folder / "dataset_info.json").is_file() or bool(_tfrecords(folder))


def _tfrecords(folder: Path) -> list[tuple[Path, re.Match[str]]]:
    matches = ((path, SHARD_NAME.match(path.name)) for path in sorted(folder.glob("*.tfrecord*")))
    return [(path, match) for path, match in matches if match and not is_hidden(path.name)]


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", folder.name))


def read_folder(path: Path) -> RldsFolder:
    """Return the dataset in a version folder.

    Raises:
        BadInputError: ``unreadable_info``, ``absurd_dimensions``.
    """
    info_path = path / "dataset_info.json"
    if not info_path.is_file():
        return RldsFolder(path, _tfrecords(path)[0][1]["dataset"])
    text = read_text(info_path, max_bytes=MAX_INFO_BYTES).text
    info = parse_json(text, name=info_path.name, reason="unreadable_info")
    try:
        records = {
            (split["name"], number): int(length)
            for split in info.get("splits", [])
            for number, length in enumerate(split.get("shardLengths", []))
        }
        return RldsFolder(path, str(info["name"]), records, str(info.get("moduleName", "")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise bad(
            "unreadable_info", f"{type(error).__name__}: {error}", item=str(info_path)
        ) from error
