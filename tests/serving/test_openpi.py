"""The bytes that openpi's client and a server exchange, spoken here with msgpack and websockets.

openpi-client itself asks for numpy below 2; `tests/external/openpi_serving.py` runs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgpack
import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from lapa.serving.client import Client
from lapa.serving.limits import Limits
from lapa.serving.open_service import open_service
from toys.served import ACTIONS, CHUNK, TEXTS, ask, camera, running, toy_policy

TOKEN = "a-secret"  # noqa: S105
MAP = {b"__ndarray__": True}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = toy_policy(tmp_path_factory.mktemp("policy"), state_names=("x", "y"))
    limits = Limits(max_connections=2, max_request_bytes=40_000)
    with running(open_service(folder, limits), token=TOKEN) as port:
        yield port


@contextmanager
def connected(port: int, token: str = TOKEN) -> Iterator[tuple[ClientConnection, dict[str, Any]]]:
    """As openpi's client connects, and the metadata that it reads first."""
    headers = {"Authorization": f"Api-Key {token}"}
    uri = f"ws://127.0.0.1:{port}"
    with connect(uri, compression=None, max_size=None, additional_headers=headers) as socket:
        yield socket, msgpack.unpackb(socket.recv(timeout=30))


def wire(array: np.ndarray) -> dict[bytes, Any]:
    return MAP | {b"data": array.tobytes(), b"dtype": array.dtype.str, b"shape": array.shape}


def observed(**changes: Any) -> bytes:
    fields = {
        "observation/image": wire(camera(3)),
        "observation/state": wire(np.array([0.5, 1.0])),
        "prompt": TEXTS[0],
    }
    return msgpack.packb(fields | changes)


def test_metadata_come_first_and_actions_afterwards(port: int) -> None:
    with connected(port) as (socket, metadata):
        assert metadata["policy"]["chunk"] == CHUNK
        for _ in range(3):
            socket.send(observed())
            answer = msgpack.unpackb(socket.recv(timeout=30))
            actions = answer["actions"]
            assert (actions[b"dtype"], actions[b"shape"]) == ("<f4", [CHUNK, ACTIONS])
            assert answer["server_timing"]["infer_ms"] > 0
    over_http = Client(f"http://127.0.0.1:{port}", token=TOKEN)
    same = over_http.predict(camera(3), TEXTS[0], [0.5, 1.0])
    over_http.close()
    values = np.frombuffer(actions[b"data"], np.float32).reshape(CHUNK, ACTIONS)
    np.testing.assert_allclose(values, same, atol=1e-6)


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (b"\xc1", "400: the message is no msgpack"),
        ("text", "400: found text"),
        (observed(**{"observation/state": None}), "422: state: missing"),
        (observed(**{"observation/image": wire(np.zeros((4, 4, 3)))}), "422: image: found float64"),
        (observed(**{"observation/image": {**wire(camera(0)), b"dtype": "|O"}}), "422: array"),
    ],
)
def test_an_error_is_a_text_and_the_connection_goes_on(
    port: int, message: bytes | str, said: str
) -> None:
    with connected(port) as (socket, _):
        socket.send(message)
        answer = socket.recv(timeout=30)
        assert isinstance(answer, str)
        assert answer.startswith(said)
        socket.send(observed())
        assert b"actions" in socket.recv(timeout=30)  # type: ignore[operator]


def test_a_message_that_is_too_large_closes_its_connection_alone(port: int) -> None:
    with connected(port) as (socket, _):
        socket.send(bytes(50_000))
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(timeout=30)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009
    assert ask(port, "/health")[0] == 200


def test_without_the_token_there_is_no_handshake(port: int) -> None:
    with pytest.raises(InvalidStatus) as refused, connected(port, "wrong"):
        pass
    assert refused.value.response.status_code == 401
    assert b"Authorization" in refused.value.response.body  # type: ignore[operator]


def test_beyond_the_most_connections_there_is_no_handshake(port: int) -> None:
    with connected(port), connected(port):
        with pytest.raises(InvalidStatus) as refused, connected(port):
            pass
        assert refused.value.response.status_code == 503
    with connected(port) as (socket, _):
        socket.send(observed())
        assert b"actions" in socket.recv(timeout=30)  # type: ignore[operator]
