"""Re-hashes every member of one tar against its index, and looks at all bytes between them."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from lapa.data.shards.layout import BLOCK, COLUMNS, UnsafeMemberError, split_name


@dataclass(frozen=True)
class Damage:
    """One thing that is not as it was written."""

    shard: str
    member: str
    """Name of the tar member; empty for the shard as a whole."""
    reason: str

    def __str__(self) -> str:
        return f"{self.shard}{':' if self.member else ''}{self.member}: {self.reason}"


def verify_shard(path: Path, name: str, rows: list[dict[str, Any]]) -> Iterator[Damage]:
    """Compare one tar with its index rows."""
    if not path.is_file():
        yield Damage(name, "", "missing")
        return
    position = 0
    with path.open("rb") as file:
        for row in rows:
            for member, column in COLUMNS.items():
                if not row[f"{column}_size"]:
                    continue
                problem = _verify_member(file, row, member, column, position)
                if problem:
                    yield Damage(name, f"{row['key']}.{member}", problem)
                size = row[f"{column}_size"]
                position = row[f"{column}_offset"] + size + -size % BLOCK
        yield from _verify_end(file, name, position)


def _verify_member(
    file: BinaryIO, row: dict[str, Any], member: str, column: str, position: int
) -> str | None:
    offset, size = row[f"{column}_offset"], row[f"{column}_size"]
    if wrong := _verify_place(file, offset, size, position):
        return wrong
    header = os.pread(file.fileno(), BLOCK, position)
    if wrong := _verify_header(header, f"{row['key']}.{member}", size):
        return wrong
    data = os.pread(file.fileno(), size + -size % BLOCK, offset)
    if len(data) < size + -size % BLOCK:
        return f"truncated: {len(data)} of {size} bytes"
    if hashlib.sha256(data[:size]).hexdigest() != row[f"{column}_sha256"]:
        return "content differs from its SHA-256: bytes were changed after writing"
    if any(data[size:]):
        return "padding is not zero: bytes were changed after writing"
    return _verify_row(row, data[:size]) if member == "json" else None


def _verify_place(file: BinaryIO, offset: int, size: int, position: int) -> str | None:
    """Check where a member lies before anything is read by these numbers."""
    if offset != position + BLOCK:
        return f"starts at byte {offset}, expected {position + BLOCK}: the index is of another tar"
    left = os.fstat(file.fileno()).st_size - offset
    if not 0 < size <= left:
        return f"truncated, or of another tar: the index says {size} bytes, {left} are left"
    return None


def _verify_row(row: dict[str, Any], data: bytes) -> str | None:
    """Compare what the index repeats with the clip's own json, which is hashed."""
    try:
        facts: dict[str, Any] = json.loads(data)
    except ValueError as error:
        return f"is no JSON: {error}"
    different = [name for name in facts if name in row and row[name] != facts[name]]
    return f"the index says other {', '.join(different)} than this member" if different else None


def _verify_header(header: bytes, name: str, size: int) -> str | None:
    """Compare a tar header with the one the writer makes: any other bit is damage."""
    if len(header) < BLOCK:
        return "truncated inside its tar header"
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o644
    if header == info.tobuf(tarfile.USTAR_FORMAT):
        return None
    try:
        name_in_header = tarfile.TarInfo.frombuf(header, "utf-8", "strict").name
        split_name(name_in_header, shard="shard")
    except (tarfile.HeaderError, UnsafeMemberError) as error:
        return f"tar header is corrupt: {error}"
    return f"tar header is corrupt: it says {name_in_header!r} or other facts than were written"


def _verify_end(file: BinaryIO, name: str, position: int) -> Iterator[Damage]:
    size = os.fstat(file.fileno()).st_size
    tail = os.pread(file.fileno(), 2 * BLOCK, position)
    if size != position + 2 * BLOCK:
        yield Damage(name, "", f"has {size} bytes, expected {position + 2 * BLOCK}")
    elif any(tail):
        yield Damage(name, "", "end-of-archive blocks are not zero")
