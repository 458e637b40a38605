"""Writes clips into tars with their indices; the same clips always give the same bytes.

Ours, because a published shard never changes a byte and an episode that breaks in the middle is taken
back: webdataset's writer stamps the time and cannot go back. The result is a plain WebDataset tar.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from lapa.data.episode import Episode
from lapa.data.shards.encode import Clip
from lapa.data.shards.index import index_path, write_index
from lapa.data.shards.layout import BLOCK, COLUMNS, split_name
from lapa.folders.full_disk import told_when_full

_END_OF_TAR = bytes(2 * BLOCK)


@dataclass(frozen=True)
class Savepoint:
    """A position to roll back to."""

    part: int
    offset: int
    rows: int


@dataclass
class _OpenTar:
    """One tar being written."""

    path: Path
    file: BinaryIO
    rows: list[dict[str, Any]] = field(default_factory=list)


class ShardWriter:
    """Writes one shard; opens a further part when the next clip would exceed ``max_bytes``.

    Parts stay open under temporary names in ``folder`` until `close`, so an episode whose last
    frames turn out unreadable can be taken back (`savepoint`, `rollback`).
    """

    def __init__(self, *, folder: Path, name: str, max_bytes: int) -> None:
        self._folder, self._name, self._max_bytes = folder, name, max_bytes
        self._parts: list[_OpenTar] = []

    def savepoint(self) -> Savepoint:
        """Return the current end of the shard."""
        if not self._parts:
            return Savepoint(0, 0, 0)
        part = self._parts[-1]
        return Savepoint(len(self._parts), part.file.tell(), len(part.rows))

    def rollback(self, savepoint: Savepoint) -> None:
        """Forget everything written after ``savepoint``."""
        for part in self._parts[savepoint.part :]:
            part.file.close()
            part.path.unlink()
        del self._parts[savepoint.part :]
        if self._parts:
            part = self._parts[-1]
            part.file.seek(savepoint.offset)
            part.file.truncate()
            del part.rows[savepoint.rows :]

    def add(self, *, key: str, episode: Episode, clip: Clip) -> None:
        """Append one clip."""
        members = _members(key, episode, clip)
        size = sum(2 * BLOCK + len(data) for data in members.values())
        if not self._parts or self._is_full(size):
            self._open_part()
        part = self._parts[-1]
        row = _row(key, episode, clip)
        with told_when_full(part.path):
            for member, data in members.items():
                row |= _append(part.file, f"{key}.{member}", data, shard=part.path.name)
        part.rows.append(row)

    def close(self) -> list[Path]:
        """Finish every part with its index, on disk; return the tars (empty if none was written)."""
        for part in self._parts:
            with told_when_full(part.path):
                part.file.write(_END_OF_TAR)
                _to_disk(part.file)
                part.file.close()
                write_index(index_path(part.path), part.rows)
        return [part.path for part in self._parts]

    def discard(self) -> None:
        """Remove what was written."""
        for part in self._parts:
            with suppress(OSError):  # what is still to be written does not fit either
                part.file.close()
            part.path.unlink(missing_ok=True)
            index_path(part.path).unlink(missing_ok=True)
        self._parts.clear()

    def _is_full(self, size: int) -> bool:
        part = self._parts[-1]
        return bool(part.rows) and part.file.tell() + size + len(_END_OF_TAR) > self._max_bytes

    def _open_part(self) -> None:
        suffix = f"-{len(self._parts):02d}" if self._parts else ""
        path = self._folder / f"{self._name}{suffix}.tar"
        self._parts.append(_OpenTar(path, path.open("w+b")))


def _append(file: BinaryIO, name: str, data: bytes, *, shard: str) -> dict[str, Any]:
    """Write one tar member; time and owner are constants, so bytes depend on content alone."""
    member = split_name(name, shard=shard)[1]
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(data), 0o644
    file.write(info.tobuf(tarfile.USTAR_FORMAT))
    offset = file.tell()
    file.write(data)
    file.write(bytes(-len(data) % BLOCK))
    column = COLUMNS[member]
    digest = hashlib.sha256(data).hexdigest()
    return {f"{column}_offset": offset, f"{column}_size": len(data), f"{column}_sha256": digest}


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _members(key: str, episode: Episode, clip: Clip) -> dict[str, bytes]:
    facts = _facts(episode, clip)
    members = {
        "json": json.dumps(facts, sort_keys=True, ensure_ascii=False).encode(),
        "frames": b"".join(clip.jpegs),
    }
    if clip.actions is not None:
        members["actions.npy"] = _npy(clip.actions)
    if clip.states is not None:
        members["states.npy"] = _npy(clip.states)
    return members


def _npy(values: NDArray[np.float32]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(values, dtype=np.float32), allow_pickle=False)
    return buffer.getvalue()


def _facts(episode: Episode, clip: Clip) -> dict[str, Any]:
    """Everything known about a clip, as JSON."""
    return {
        "dataset": episode.source,
        "episode_id": episode.episode_id,
        "environment": episode.environment,
        "instruction": episode.instruction,
        "success": episode.success,
        "fps": episode.fps,
        "start_frame": clip.window.start,
        "num_frames": clip.window.num_frames,
        "owned_frames": clip.window.owned,
        "episode_frames": episode.num_frames,
        "jpeg_offsets": clip.jpeg_offsets,
        "action_names": list(episode.action_names),
        "action_units": list(episode.action_units),
        "state_names": list(episode.state_names),
        "provenance": dict(episode.provenance),
    }


def _row(key: str, episode: Episode, clip: Clip) -> dict[str, Any]:
    facts = _facts(episode, clip)
    listed = ("action_names", "action_units", "state_names", "provenance")
    absent = {f"{m}_{f}": 0 for m in ("actions", "states") for f in ("offset", "size")}
    return {
        **{name: value for name, value in facts.items() if name not in listed},
        **absent,
        "key": key,
        "action_dim": 0 if clip.actions is None else clip.actions.shape[1],
        "state_dim": 0 if clip.states is None else clip.states.shape[1],
        "hashes": list(clip.hashes),
        "thumbnails": b"".join(clip.thumbnails),
    }
