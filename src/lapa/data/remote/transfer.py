"""One file from a server to the disk: resumed where it was cut off, bounded, whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lapa.data.remote.body import Body, Known, opened
from lapa.data.remote.failures import Attempts, BrokenTransferError, RefusedRemoteError
from lapa.folders.full_disk import told_when_full
from lapa.folders.whole_file import write_whole
from lapa.params.remote import RemoteParams

CHUNK = 1 << 20
STEP = CHUNK
"""Bytes of room that are asked for at a time where a server does not say how many will come."""
Room = Callable[[int], None]
"""Makes room for so many bytes of this file in all, or raises."""
Check = Callable[[Path], None]
"""Raises `BrokenTransferError` where a whole file is not what was promised."""


@dataclass(frozen=True)
class Partial:
    """A file that is not whole yet, and what is known of it; out of everybody's sight."""

    path: Path

    @property
    def facts(self) -> Path:
        """Where size and validator are noted."""
        return self.path.with_suffix(".json")

    @property
    def length(self) -> int:
        """Bytes that are there."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def known(self) -> Known | None:
        """What the server said when the transfer began; None where none did."""
        return Known.of_file(self.facts)

    def begin(self, known: Known) -> None:
        """Note what the server says."""
        facts = {"size": known.size, "validator": known.validator}
        write_whole(self.facts, json.dumps(facts))

    def drop(self) -> None:
        """Forget it all."""
        self.path.unlink(missing_ok=True)
        self.facts.unlink(missing_ok=True)


def transfer(
    url: str,
    partial: Partial,
    *,
    params: RemoteParams,
    room: Room,
    size: int | None = None,
    check: Check | None = None,
    present: Known | None = None,
) -> Known | None:
    """Bring the bytes of a URL into ``partial``; None where they are those that are ``present`` elsewhere.

    Args:
        url: of a file.
        partial: where they go; what it holds of an earlier try is kept where the server sends the rest.
        params: how often is tried, and how long is waited.
        room: asked before bytes are written.
        size: bytes that must come; None takes what the server says.
        check: of the whole file.
        present: what is known of a file that is whole already.

    Raises:
        RemoteError: nothing is there, it does not come, or it is not what was promised.
    """
    attempts = Attempts(url, params)
    while True:
        try:
            known = _try(url, partial, params, room, size=size, present=present)
            if known is not None and check is not None:
                _checked(partial, check)
        except Exception as error:
            attempts.failed(error, reached=partial.length)
        else:
            return known


def _try(
    url: str,
    partial: Partial,
    params: RemoteParams,
    room: Room,
    *,
    size: int | None,
    present: Known | None,
) -> Known | None:
    before = partial.known()
    at = partial.length if before and before.validator else 0
    if before and at and at == before.size and size in (None, at):
        return before  # it was whole, and its check was interrupted
    with opened(url, params, at=at, known=before if at else present) as body:
        if not at and (body.unchanged or (present is not None and body.known.is_same(present))):
            return None
        _require_size(url, body.known.size, size)
        _write(url, body, partial, room, size)
    return body.known


def _require_size(url: str, found: int | None, expected: int | None) -> None:
    if None not in (found, expected) and found != expected:
        raise RefusedRemoteError(
            f"{url} has {found} bytes, expected {expected}: it was changed or is of another set"
        )


def _write(url: str, body: Body, partial: Partial, room: Room, size: int | None) -> None:
    expected = body.known.size if size is None else size
    place = body.start
    room(place if expected is None else expected)
    partial.begin(body.known)
    granted = place if expected is None else expected
    with told_when_full(partial.path), partial.path.open("r+b" if place else "wb") as file:
        file.truncate(place)
        file.seek(place)
        while data := body.read(CHUNK):
            place += len(data)
            if expected is not None and place > expected:
                raise RefusedRemoteError(f"{url} sends more than the {expected} bytes it promised")
            if place > granted:
                granted = place + STEP
                room(granted)
            file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if expected is not None and place != expected:
        raise BrokenTransferError(f"the transfer ended after {place} of {expected} bytes")


def _checked(partial: Partial, check: Check) -> None:
    try:
        check(partial.path)
    except BrokenTransferError:
        partial.drop()
        raise
