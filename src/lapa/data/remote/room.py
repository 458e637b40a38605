"""How much a cache folder holds, and what goes when more is needed: the least recently used, never what is in use."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from uuid import uuid4

from lapa.data.remote.failures import RefusedRemoteError

FACTS, PARTIALS, LEASES = ".facts", ".partial", ".leases"


class CacheFullError(RefusedRemoteError):
    """What is in use leaves no room for more."""


@dataclass(frozen=True)
class Entry:
    """A file of the cache that is whole."""

    facts: Path
    place: PurePosixPath
    size: int
    used: float
    """When it was used last."""


class Room:
    """Accounts of one cache folder, shared by all processes that use it."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._folder, self._limit = folder, limit
        for name in (FACTS, PARTIALS, LEASES):
            (folder / name).mkdir(parents=True, exist_ok=True)

    @contextmanager
    def locked(self, name: str = ".lock") -> Iterator[None]:
        """Hold a lock among all processes; it is gone with the process, however it ends."""
        descriptor = os.open(self._folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    @contextmanager
    def in_use(self, place: PurePosixPath) -> Iterator[None]:
        """Keep a file, or all below a folder, from being removed."""
        with self.locked():
            path = self._folder / LEASES / uuid4().hex
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            os.write(descriptor, str(place).encode())
        try:
            yield
        finally:
            os.close(descriptor)
            with self.locked():
                if path.exists():  # another process may have removed it just now
                    self._holder(path)  # one that was forked meanwhile holds it on until it ends

    def reserve(self, key: str, size: int) -> None:
        """Make room for ``size`` bytes of a file that is coming; what it had before is given back.

        Raises:
            CacheFullError: what is in use leaves less.
        """
        note = self._reservation(key)
        with self.locked():
            had = _number(note)
            total = self._used() - had + size
            if total > self._limit:
                total = self._evict(self._counted() - had + size, size)
            _note(note, size)
            _note(self._usage, total)

    def settle(self, key: str, size: int) -> None:
        """Say that a file has come, or not: ``size`` bytes of its reservation are taken; call it locked."""
        note = self._reservation(key)
        total = self._used() - _number(note) + size
        note.unlink(missing_ok=True)
        _note(self._usage, total)

    def remove(self, entry: Entry) -> None:
        """Remove a file; call it locked, and `settle` or `reserve` afterwards counts anew."""
        (self._folder / entry.place).unlink(missing_ok=True)
        entry.facts.unlink(missing_ok=True)
        self._usage.unlink(missing_ok=True)

    def entries(self) -> list[Entry]:
        """All whole files, the least recently used first."""
        found = []
        for path in (self._folder / FACTS).glob("*.json"):
            try:
                facts = json.loads(path.read_text())
                place = PurePosixPath(facts["place"])
                found.append(Entry(path, place, int(facts["size"]), path.stat().st_mtime))
            except (OSError, ValueError, KeyError):  # just removed, or no facts of ours
                continue
        return sorted(found, key=lambda entry: (entry.used, entry.place))

    def places_in_use(self) -> list[PurePosixPath]:
        """Places whose users live; leases of those that are gone are removed. Call it locked."""
        held = [self._holder(path) for path in (self._folder / LEASES).iterdir()]
        return [place for place in held if place is not None]

    def _holder(self, lease: Path) -> PurePosixPath | None:
        """The place of a lease; None, and the lease is removed, where nobody holds it."""
        with lease.open("rb") as file:
            if is_locked(file.fileno()):
                return PurePosixPath(file.read().decode())
        lease.unlink()
        return None

    def _evict(self, total: int, asked: int) -> int:
        total -= self._drop_partials()
        busy = self.places_in_use()
        for entry in self.entries():
            if total <= self._limit:
                break
            if not any(entry.place == place or place in entry.place.parents for place in busy):
                self.remove(entry)
                total -= entry.size
        if total > self._limit:
            raise CacheFullError(
                f"{self._folder} may hold {self._limit} bytes and {total - asked} are in use or on their way, but "
                f"{asked} more are needed: raise remote.cache_bytes, or read shards with laq.loader=stream"
            )
        return total

    def _drop_partials(self) -> int:
        """Drop what transfers that were given up have left; return the bytes that they held."""
        freed = 0
        for note in (self._folder / PARTIALS).glob("*.room"):
            if not self._is_coming(note.stem):
                freed += _number(note)
                for suffix in (".room", ".part", ".json"):
                    note.with_suffix(suffix).unlink(missing_ok=True)
        return freed

    def _used(self) -> int:
        return _number(self._usage) if self._usage.is_file() else self._counted()

    def _counted(self) -> int:
        coming = sum(_number(note) for note in (self._folder / PARTIALS).glob("*.room"))
        return coming + sum(entry.size for entry in self.entries())

    def _is_coming(self, key: str) -> bool:
        with (self._folder / stripe(key)).open("a") as file:
            return is_locked(file.fileno())

    def _reservation(self, key: str) -> Path:
        return self._folder / PARTIALS / f"{key}.room"

    @property
    def _usage(self) -> Path:
        return self._folder / ".usage"


def stripe(key: str) -> str:
    """Which lock of 256 a file's transfer holds."""
    return f"{PARTIALS}/{key[:2]}.lock"


def is_locked(descriptor: int) -> bool:
    """Tell whether somebody else holds the lock of an open file; if not, it is held until the file is closed."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


def _number(path: Path) -> int:
    try:
        return int(path.read_text())
    except (OSError, ValueError):
        return 0


def _note(path: Path, number: int) -> None:
    """Write a number that is never seen in part; after a power cut it is counted anew at worst."""
    draft = path.with_name(f"{path.name}.new")
    draft.write_text(str(number))
    draft.replace(path)
