"""Re-hashes every member of a shard set against its index, and the indices against the record."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from lapa.data.shards.index import read_index
from lapa.data.shards.layout import BLOCK, COLUMNS, UnsafeMemberError, split_name
from lapa.records import RECORD, MixtureMember, ShardSet, digest_of, digest_of_file


@dataclass(frozen=True)
class Damage:
    """One thing that is not as it was written."""

    shard: str
    member: str
    """Name of the tar member; empty for the shard as a whole."""
    reason: str

    def __str__(self) -> str:
        return f"{self.shard}{':' if self.member else ''}{self.member}: {self.reason}"


def verify(shard_set: ShardSet) -> list[Damage]:
    """Return every damage found; an empty list means each byte is the one that was written.

    The index and the tar check each other: members are hashed at their indexed places, and the
    bytes between them must be exactly the headers and padding that belong there. Where all that is
    whole, the record's digest is compared with that of the tars, so that a shard set whose files were
    exchanged for sound ones, or whose record was edited, is found too. Of a mixture every member is
    looked at.
    """
    if shard_set.members:
        return [
            damage
            for member in shard_set.members
            for damage in _verify_member_set(shard_set, member)
        ]
    damages = [damage for split in shard_set.splits for damage in _verify_split(shard_set, split)]
    return [*(damages or _verify_digest(shard_set)), *_unlisted(shard_set)]


def _verify_member_set(mixture: ShardSet, member: MixtureMember) -> Iterator[Damage]:
    folder = Path(mixture.path, member.path)
    shards = ShardSet.read(folder).model_copy(update={"path": str(folder)})
    if shards.digest != member.digest:
        reason = (
            f"its digest is {shards.digest}, the mixture was made of {member.digest}: mix again"
        )
        yield Damage(member.dataset, "", reason)
    for damage in verify(shards):
        yield replace(damage, shard=f"{member.dataset}/{damage.shard}")


def _verify_digest(shard_set: ShardSet) -> list[Damage]:
    root = Path(shard_set.path)
    names = sorted(name for split in shard_set.splits.values() for name in split.shards)
    digest = digest_of([(name, digest_of_file(root / name)) for name in names])
    if digest == shard_set.digest:
        return []
    reason = (
        f"its digest is {shard_set.digest}, that of its shards {digest}: whole shards were exchanged, "
        "or the record is of another set"
    )
    return [Damage(RECORD, "", reason)]


def _verify_split(shard_set: ShardSet, split: str) -> Iterator[Damage]:
    clips, frames = 0, 0
    facts = shard_set.split(split)
    for name in facts.shards:
        path = Path(shard_set.path) / name
        try:
            rows = read_index(path).to_pylist()
        except (OSError, ValueError, pa.ArrowException) as error:
            yield Damage(name, "", str(error))
            continue
        clips += len(rows)
        frames += sum(row["owned_frames"] or 0 for row in rows)
        yield from verify_shard(path, name, rows)
    if (clips, frames) != (facts.clips, facts.frames):
        reason = (
            f"the indices hold {clips} clips and {frames} frames, the record says {facts.clips} "
            f"and {facts.frames}"
        )
        yield Damage(split, "", reason)


def _unlisted(shard_set: ShardSet) -> Iterator[Damage]:
    root = Path(shard_set.path)
    listed = {shard for split in shard_set.splits.values() for shard in split.shards}
    for path in sorted(root.glob("*/*.tar")):
        name = path.relative_to(root).as_posix()
        if name not in listed:
            yield Damage(name, "", "not listed in the record, so nobody reads it; delete it")


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
