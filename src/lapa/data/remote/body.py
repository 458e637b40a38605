"""The bytes behind a URL from some place on, as a web server or an object store gives them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lapa.data.remote.failures import RefusedRemoteError
from lapa.data.remote.filesystem import filesystem_of
from lapa.data.remote.urls import is_web
from lapa.params.remote import RemoteParams

WHOLE, PARTIAL, NOT_MODIFIED, UNSATISFIABLE = 200, 206, 304, 416
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a former answer said about the bytes at a URL."""

    size: int | None
    """Bytes in all; None where the server does not tell."""
    validator: str
    """ETag or date of change: other bytes have another one; empty where the server gives none."""

    @classmethod
    def of_file(cls, path: Path) -> Known | None:
        """What was noted in a JSON file; None where nothing sound is."""
        try:
            said = json.loads(path.read_text())
            return cls(size=said["size"], validator=said["validator"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def is_same(self, other: Known) -> bool:
        """Tell whether both are surely the same bytes."""
        return bool(self.validator) and self == other


@dataclass(frozen=True, kw_only=True)
class Body:
    """An answer that is being read."""

    known: Known
    start: int
    """Which byte comes first: 0 where another one was asked for and the server gives all or has others."""
    unchanged: bool = False
    """Nothing comes, since the bytes are those that are known."""
    media: str = ""
    """What a web server says it is: ``text/html``."""
    file: Any

    def read(self, count: int) -> bytes:
        """Return up to ``count`` bytes; none at the end."""
        data: bytes = self.file.read(count)
        return data


@contextmanager
def opened(
    url: str, params: RemoteParams, *, at: int = 0, known: Known | None = None
) -> Iterator[Body]:
    """Open a URL for reading.

    Args:
        url: of a file.
        params: time limits and credentials.
        at: first byte wanted; the server may begin before it.
        known: what is known of the bytes: with ``at`` 0 nothing is sent where they are the same, else the rest
            is only sent where they are.

    Raises:
        Exception: whatever the library behind the scheme raises; `Attempts` sorts it.
    """
    body = (_of_web if is_web(url) else _of_store)(url, params, at, known)
    try:
        yield body
    finally:
        body.file.close()


def _of_web(url: str, params: RemoteParams, at: int, known: Known | None) -> Body:
    headers = {"Accept-Encoding": "identity", **_conditions(at, known)}
    try:
        file = _web_file(url, params, headers)
    except Exception as error:
        if at and getattr(error, "status", None) == UNSATISFIABLE:  # the file became shorter
            return _of_web(url, params, 0, None)
        raise
    status, answer = file.r.status, file.r.headers
    validator = answer.get("ETag") or answer.get("Last-Modified") or ""
    if status == NOT_MODIFIED and known:
        return Body(known=known, start=0, unchanged=True, file=file)
    matched = _RANGE.match(answer.get("Content-Range", ""))
    if status == PARTIAL and at and known:
        now = Known(size=int(matched[2]) if matched else None, validator=validator)
        if matched and int(matched[1]) == at and now.is_same(known):
            return Body(known=now, start=at, file=file)
        file.close()  # another file by now, or not what was asked for
        return _of_web(url, params, 0, None)
    if status != WHOLE:
        file.close()
        raise RefusedRemoteError(
            f"{url}: the server answered {status}, expected {WHOLE}: all of it"
        )
    return Body(
        known=Known(size=_length(answer), validator=validator),
        start=0,
        media=answer.get("Content-Type", "").partition(";")[0].strip().lower(),
        file=file,
    )


def _length(answer: Mapping[str, str]) -> int | None:
    """Bytes that an answer promises; None where it is packed, as its length is that of the packed bytes."""
    packed = answer.get("Content-Encoding", "identity") not in ("identity", "")
    length = answer.get("Content-Length")
    return None if packed or length is None else int(length)


def _web_file(url: str, params: RemoteParams, headers: Mapping[str, str]) -> Any:
    # a size spares the question for it; block size 0 reads the answer as it comes
    return filesystem_of(url, params).open(url, "rb", block_size=0, size=1, headers=headers)


def _conditions(at: int, known: Known | None) -> dict[str, str]:
    if known is None or not known.validator:
        return {}
    is_tag = known.validator.startswith(('"', "W/"))
    if at == 0:
        return {"If-None-Match" if is_tag else "If-Modified-Since": known.validator}
    weak = known.validator.startswith("W/")  # of which a server must not send a part
    return {"Range": f"bytes={at}-", **({} if weak else {"If-Range": known.validator})}


def _of_store(url: str, params: RemoteParams, at: int, known: Known | None) -> Body:
    files = filesystem_of(url, params)
    facts = files.info(url)
    now = Known(size=facts["size"], validator=str(facts.get("ETag") or facts.get("etag") or ""))
    same = known is not None and now.is_same(known)
    file = files.open(url, "rb", cache_type="readahead", block_size=8 << 20)
    start = at if same else 0
    file.seek(start)
    return Body(known=now, start=start, unchanged=same and at == 0, file=file)
