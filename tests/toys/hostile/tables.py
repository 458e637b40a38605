"""tfrecords, parquet files and LeRobot metadata whose lengths lie."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lapa.data.sources.tfrecord import masked_crc
from toys.lerobot import write_lerobot_v2
from toys.rlds import bridge_example, write_rlds


def _tfrecord(folder: Path) -> Path:
    """The second file of a dataset."""
    write_rlds(folder, [[bridge_example(0)], [bridge_example(1)]])
    return sorted(folder.rglob("*.tfrecord*"))[-1]


def _header(length: int) -> bytes:
    packed = struct.pack("<Q", length)
    return packed + struct.pack("<I", masked_crc(packed))


def absurd_length(folder: Path) -> None:
    """A record of 2^60 bytes, with the right checksum of that length."""
    _tfrecord(folder).write_bytes(_header(1 << 60) + bytes(64))


def large_record(folder: Path) -> None:
    """A record of 5 GB that is really there, as a hole in the file."""
    path = _tfrecord(folder)
    path.write_bytes(_header(5 << 30))
    with path.open("r+b") as file:
        file.truncate((5 << 30) + 16)


def wrong_checksum(folder: Path) -> None:
    path = _tfrecord(folder)
    data = bytearray(path.read_bytes())
    data[-8] ^= 1
    path.write_bytes(data)


def tfrecord_is_a_device(folder: Path) -> None:
    path = _tfrecord(folder)
    path.unlink()
    path.symlink_to("/dev/zero")


def _lerobot(folder: Path, **info: Any) -> Path:
    write_lerobot_v2(folder / "b", [4], **info)
    return folder / "b"


def dictionary_text(folder: Path) -> None:
    """A text of 1 MB that stands 20,000 times, in 301 bytes."""
    texts = pa.DictionaryArray.from_arrays(np.zeros(20_000, np.int32), ["y" * (1 << 20)])
    table = pa.table({"task_index": np.arange(20_000), "task": texts})
    path = _lerobot(folder) / "meta" / "tasks.parquet"
    pq.write_table(
        table, path, compression="zstd", store_schema=False, dictionary_pagesize_limit=1 << 30
    )


def constant_rows(folder: Path) -> None:
    """Twelve million rows of one number, in a few kilobytes."""
    table = pa.table({"task_index": np.zeros(12_000_000, np.int8), "task": pa.nulls(12_000_000)})
    pq.write_table(table, _lerobot(folder) / "meta" / "tasks.parquet", compression="zstd")


def sparse_info(folder: Path) -> None:
    with (_lerobot(folder) / "meta" / "info.json").open("r+b") as file:
        file.truncate(5 << 30)


def endless_line(folder: Path) -> None:
    """5 GB without a line break."""
    with (_lerobot(folder) / "meta" / "episodes.jsonl").open("wb") as file:
        file.truncate(5 << 30)


def _template(folder: Path, template: str) -> None:
    path = _lerobot(folder) / "meta" / "info.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"data_path": template}))


def path_leaves(folder: Path) -> None:
    _template(folder, "../../../{episode_index}.parquet")


def wide_path(folder: Path) -> None:
    """A template that asks for a number of a billion digits."""
    _template(folder, "{episode_index:0999999999d}.parquet")
