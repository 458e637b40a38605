"""The cache folder: a file that was asked for by URL lies below it under the same names, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from lapa.data.remote.body import Known
from lapa.data.remote.failures import BrokenTransferError
from lapa.data.remote.room import FACTS, PARTIALS, Entry, Room, stripe
from lapa.data.remote.transfer import Check, Partial, transfer
from lapa.data.remote.urls import place_of
from lapa.folders.whole_file import write_whole
from lapa.params.remote import RemoteParams
from lapa.records import digest_of_file


@dataclass(frozen=True)
class Promise:
    """What is known of a file beforehand, e.g. from an index; a file that keeps it is never asked for again."""

    size: int | None = None
    """Bytes."""
    sha256: str = ""
    check: Check | None = None
    """Looks at a file that has come; raises `BrokenTransferError` where it is not what was promised."""
    checks_for: str = ""
    """Digest of what ``check`` compares with: a file that passed it once need not again."""

    @property
    def token(self) -> str:
        """What tells one file from another; empty where nothing does, and its server must be asked."""
        return self.sha256 or self.checks_for

    def require(self, path: Path) -> None:
        """Refuse a file that has come and is not what was promised.

        Raises:
            BrokenTransferError: naming what was found and expected.
        """
        if self.sha256 and (found := digest_of_file(path)) != self.sha256:
            raise BrokenTransferError(f"its SHA-256 is {found}, expected {self.sha256}")
        if self.check is not None:
            self.check(path)


NOTHING = Promise()


class RemoteCache:
    """Files by URL, downloaded once; any number of processes may share the folder.

    Nothing is visible before it is whole and checked. What is in use is never removed.
    """

    def __init__(self, folder: Path, params: RemoteParams) -> None:
        self.folder, self.params = folder, params
        self._room = Room(folder, params.cache_bytes)

    @contextmanager
    def fetched(self, url: str, promise: Promise = NOTHING) -> Iterator[Path]:
        """Give the path of a file, which stays there until the block ends.

        Args:
            url: of a file.
            promise: what it must be; without one the server is asked whether the file has changed.

        Raises:
            RemoteError: it does not come, or is not what was promised.
        """
        with self._room.in_use(place_of(url)):
            yield self.bring(url, promise)

    @contextmanager
    def in_use(self, url: str) -> Iterator[Path]:
        """Keep a file, or all below a folder, until the block ends; give its path, whether it is there or not."""
        place = place_of(url)
        with self._room.in_use(place):
            yield self.folder / place

    def bring(self, url: str, promise: Promise = NOTHING) -> Path:
        """Make sure that a file is there; the caller keeps it in use."""
        place = place_of(url)
        key = hashlib.sha256(str(place).encode()).hexdigest()
        path, facts = self.folder / place, self.folder / FACTS / f"{key}.json"
        with self._room.locked(stripe(key)):
            present = _known(path, facts)
            if present is not None and promise.token:
                if _keeps(promise, path, facts):
                    os.utime(facts)
                    return path
                present = None  # the server may have had this one, but it is not wanted
            partial = Partial(self.folder / PARTIALS / f"{key}.part")
            known = transfer(
                url,
                partial,
                params=self.params,
                room=lambda size: self._room.reserve(key, size),
                size=promise.size,
                check=promise.require,
                present=present,
            )
            if known is None:
                os.utime(facts)
            else:
                self._publish(place, key, partial, known, promise)
        return path

    def keep_only(self, url: str, names: set[str]) -> None:
        """Remove files below a folder that are not among these relative names: the server has them no more."""
        root = place_of(url)
        with self._room.locked():
            for entry in self._room.entries():
                if root in entry.place.parents and str(entry.place.relative_to(root)) not in names:
                    self._room.remove(entry)

    def _publish(
        self, place: PurePosixPath, key: str, partial: Partial, known: Known, promise: Promise
    ) -> None:
        path, facts = self.folder / place, self.folder / FACTS / f"{key}.json"
        size = partial.length
        with self._room.locked():
            if facts.is_file():  # of the file that is replaced
                self._room.remove(Entry(facts, place, 0, 0.0))
            path.parent.mkdir(parents=True, exist_ok=True)
            said = {"place": str(place), "size": size, "validator": known.validator}
            said["kept"] = promise.token
            partial.path.replace(path)
            self._room.settle(key, size)
            write_whole(facts, json.dumps(said))
            partial.drop()


def _known(path: Path, facts: Path) -> Known | None:
    """What is known of a file that is whole; None where it is not, or was changed by somebody."""
    known = Known.of_file(facts)
    try:
        return known if known and path.stat().st_size == known.size else None
    except OSError:  # another process has removed it
        return None


def _keeps(promise: Promise, path: Path, facts: Path) -> bool:
    """Tell whether a file that is whole is the promised one; it is looked at once."""
    said = json.loads(facts.read_text())
    if promise.size not in (None, said["size"]):
        return False
    if said.get("kept") == promise.token:
        return True
    try:
        promise.require(path)
    except BrokenTransferError:
        return False
    write_whole(facts, json.dumps(said | {"kept": promise.token}))
    return True
