"""The client needs numpy alone, and keeps one connection that may be closed meanwhile."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest

from lapa.serving import client as client_module
from lapa.serving.client import Client, ServerError, observation
from lapa.serving.limits import Limits
from lapa.serving.open_service import open_service
from toys.served import TEXTS, camera, running, toy_policy


def test_the_file_runs_where_there_is_nothing_but_numpy(tmp_path: Path) -> None:
    """Copied away from the package, as onto a robot's computer."""
    (tmp_path / "client.py").write_text(Path(client_module.__file__).read_text())
    code = "import sys, client; print(sorted({'torch', 'lapa', 'msgpack', 'fastapi'} & set(sys.modules)))"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert run.stdout == "[]\n"


def test_a_connection_that_was_closed_meanwhile_is_opened_again(tmp_path: Path) -> None:
    folder = toy_policy(tmp_path)
    with running(open_service(folder, Limits())) as port:
        client = Client(f"http://127.0.0.1:{port}")
        before = client.predict(camera(0), TEXTS[0])
        client._connection.sock.shutdown(2)  # type: ignore[union-attr]
        np.testing.assert_allclose(client.predict(camera(0), TEXTS[0]), before, atol=1e-6)
        client.close()
    with pytest.raises(OSError, match="refused"):
        client.metadata()


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://a", "http://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="expected http://HOST:PORT"):
        Client(url)


def test_pictures_that_are_none_are_refused_before_they_are_sent() -> None:
    with pytest.raises(ValueError, match="float64"):
        observation(np.zeros((4, 4, 3)), "go")  # type: ignore[arg-type]


@contextmanager
def says(answer: bytes) -> Iterator[int]:
    """The port of something that says the same to whoever connects, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    caller, _ = listening.accept()
                    with caller:
                        caller.recv(100_000)
                        caller.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize(
    ("answer", "error", "said"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{", ConnectionError, "IncompleteRead"),
        (b"SSH-2.0-OpenSSH\r\n", ConnectionError, "BadStatusLine"),
        (b"", ConnectionError, "closed"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", ServerError, "200: <html>"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[1]", ServerError, r"200: \[1\]"),
    ],
    ids=["broken off", "no HTTP", "nothing", "a page", "a list"],
)
def test_what_is_no_such_server_is_an_error_that_is_documented(
    answer: bytes, error: type[Exception], said: str
) -> None:
    with says(answer) as port:
        client = Client(f"http://127.0.0.1:{port}")
        for _ in range(2):  # and the client can be asked again
            with pytest.raises(error, match=said):
                client.metadata()
