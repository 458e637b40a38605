"""A web server on this machine that answers as it is told: well, slowly, in part, with an error, without an end."""

from __future__ import annotations

import hashlib
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest

from lapa.data.remote.body import Body


@dataclass(frozen=True)
class Answer:
    """How one request is answered; the default is all that was asked for."""

    status: int = 0
    """An error's; 0: none."""
    cut_after: int | None = None
    """Bytes that are sent before the connection is closed, once the client has taken them."""
    stops_after: int | None = None
    """Bytes after which nothing comes until the server ends."""
    ranges: bool = True
    """False: a part is asked for and the whole is sent."""
    names_part: bool = True
    """False: a part is sent, and nobody says which."""
    length: bool = True
    """False: nobody says how much will come."""
    endless: bool = False


OK = Answer()


@dataclass
class Web:
    """What is served, how the next requests are answered, and which came."""

    files: dict[str, bytes] = field(default_factory=dict)
    """By path without the first slash; folders are listed."""
    answers: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    """Of a path: one for each request to come; well when there are no more."""
    requests: list[tuple[str, str]] = field(default_factory=list)
    """Path and range of every request, in order."""
    port: int = 0
    ended: threading.Event = field(default_factory=threading.Event)
    taken: Taken = field(default_factory=lambda: Taken())  # noqa: PLW0108 - defined below

    def url(self, path: str = "") -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def ranges_of(self, path: str) -> list[str]:
        return [asked for name, asked in self.requests if name == path]

    def serve_folder(self, folder: Path, below: str) -> None:
        """Serve the files of a folder as they are now."""
        for path in folder.rglob("*"):
            if path.is_file():
                self.files[f"{below}/{path.relative_to(folder).as_posix()}"] = path.read_bytes()


@dataclass
class Taken:
    """Counts the bytes that a client has read, so that a server may wait for that and not for a time."""

    count: int = 0
    changed: threading.Condition = field(default_factory=threading.Condition)

    def add(self, count: int) -> None:
        with self.changed:
            self.count += count
            self.changed.notify_all()

    def wait_for(self, count: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.count >= count, timeout=60)


class Handler(BaseHTTPRequestHandler):
    """HTTP/1.0: a connection a request, so a count of requests is one of tries."""

    web: Web

    def do_GET(self) -> None:
        path, asked = unquote(self.path.lstrip("/")), self.headers.get("Range", "")
        self.web.requests.append((path, asked))
        waiting = self.web.answers[path]
        answer = waiting.pop(0) if waiting else OK
        with suppress(BrokenPipeError, ConnectionResetError):
            self._answer(path, asked, answer)

    def _answer(self, path: str, asked: str, answer: Answer) -> None:
        data = self.web.files.get(path)
        if data is None and (page := listing(self.web.files, path)):
            self._send(page, "text/html")
        elif answer.status or data is None:
            self.send_error(answer.status or 404)
        elif answer.endless:
            self._endless()
        else:
            self._file(data, asked, answer)

    def _send(self, data: bytes, media: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.web.ended.is_set():
            self.wfile.write(bytes(1 << 16))

    def _file(self, data: bytes, asked: str, answer: Answer) -> None:
        tag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
        start = int(asked.removeprefix("bytes=").removesuffix("-") or 0) if answer.ranges else 0
        if self.headers.get("If-None-Match") == tag:
            self.send_response(304)
            self.end_headers()
            return
        if self.headers.get("If-Range", tag) != tag:
            start = 0
        self.send_response(206 if start else 200)
        self.send_header("ETag", tag)
        if start and answer.names_part:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        if answer.length:
            self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        self._bytes(data[start:], answer)

    def _bytes(self, data: bytes, answer: Answer) -> None:
        before = self.web.taken.count
        if answer.cut_after is not None:
            self.wfile.write(data[: answer.cut_after])
            self.web.taken.wait_for(before + answer.cut_after)
        elif answer.stops_after is not None:
            self.wfile.write(data[: answer.stops_after])
            self.web.ended.wait()
        else:
            self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def listing(files: dict[str, bytes], path: str) -> bytes:
    """The index page of a folder, as Apache writes it; empty where nothing lies below."""
    folder = f"{path.rstrip('/')}/" if path else ""
    names = {name.removeprefix(folder) for name in files if name.startswith(folder)}
    own = sorted({f"{head}{slash}" for name in names for head, slash, _ in [name.partition("/")]})
    links = "".join(f'<a href="{quote(name)}">{name}</a>\n' for name in own)
    page = f'<a href="?C=N;O=D">Name</a> <a href="/">Parent</a> <a href="../">up</a>\n{links}'
    return page.encode() if own else b""


@contextmanager
def serving(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """Serve on a free port of the loopback device; what a client reads in this process is counted."""
    web = Web()
    read = Body.read

    def counted(body: Body, count: int) -> bytes:
        data = read(body, count)
        web.taken.add(len(data))
        return data

    monkeypatch.setattr(Body, "read", counted)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Handler,), {"web": web}))
    web.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield web
    finally:
        web.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()
