"""What cannot be answered costs a 4xx and a sentence, and nothing else."""

from __future__ import annotations

import base64
import json
import socket
import struct
import tracemalloc
from collections.abc import Iterator
from typing import Any

import msgpack
import numpy as np
import pytest

from lapa.serving.client import Client, ServerError, observation
from lapa.serving.json_messages import read_request
from lapa.serving.limits import Limits
from lapa.serving.numpy_messages import pack
from lapa.serving.open_service import open_service
from lapa.serving.refusal import RequestError
from toys.served import JSON, TEXTS, ask, camera, running, toy_policy

TOKEN = "a-secret"  # noqa: S105
ALLOWED = {"Authorization": f"Bearer {TOKEN}"}
LIMITS = Limits(
    max_request_bytes=40_000, max_pixels=32 * 32, max_images=3, max_queue=3, max_instruction=50
)
BOMB = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 60_000, 60_000) + bytes(20)
OBJECTS = {b"__ndarray__": True, b"data": b"\x80\x04K\x01.", b"dtype": "|O", b"shape": [1]}
EMPTY = {b"__ndarray__": True, b"data": b"", b"dtype": "|u1"}
GOOD = observation(camera(0), TEXTS[0], [0.0, 1.0])


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = toy_policy(tmp_path_factory.mktemp("policy"), state_names=("x", "y"))
    with running(open_service(folder, LIMITS), token=TOKEN) as port:
        yield port


@pytest.fixture(autouse=True)
def alive_afterwards(port: int) -> Iterator[None]:
    """After every refusal the server answers the next caller."""
    yield
    client = Client(f"http://127.0.0.1:{port}", token=TOKEN)
    assert client.predict(camera(0), TEXTS[0], [0.0, 1.0]).shape == (2, 3)
    assert ask(port, "/health") == (200, {"status": "ok", "waiting": 0})


def as_json(**changes: Any) -> bytes:
    return json.dumps({"observations": [GOOD | changes]}).encode()


def as_msgpack(**changes: Any) -> bytes:
    fields = {"image": camera(0), "instruction": TEXTS[0], "state": [0.0, 1.0]} | changes
    return pack({"observations": [{k: v for k, v in fields.items() if v is not None}]})


def text_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (400, b"{", "no JSON"),
        (400, b"\xff\xfe", "no JSON"),
        (400, b"[" * 30_000, "no JSON"),
        (422, b"[]", "body"),
        (422, b'{"observations": []}', "no observation"),
        (422, b'{"observations": [{}]}', "observations.0.image"),
        (422, b'{"observations": [], "extra": 1}', "extra"),
        (422, as_json(instruction=7), "instruction"),
        (413, as_json(instruction="a" * 51), "51 characters"),
        (422, as_json(image="no base64!"), "no base64"),
        (422, as_json(image=""), "empty_image|0 bytes"),
        (422, as_json(image=text_of(b"GIF89a" + bytes(50))), "expected a JPEG or PNG"),
        (422, as_json(image=text_of(b"\xff\xd8\xff" + bytes(50))), "JPEG"),
        (422, as_json(image={"data": text_of(bytes(10)), "shape": [2, 2, 3]}), "10 bytes"),
        (422, as_json(image={"data": text_of(bytes(4)), "shape": [2, 2, 1]}), r"\(2, 2, 1\)"),
        (413, as_json(image={"data": "", "shape": [0, 2, 3]}), "pixels"),
        (422, as_json(image={"data": "", "shape": [1 << 62, 0, 3]}), "shape"),
        (422, as_json(image={"data": "", "shape": [1 << 70, 0, 3]}), "shape"),
        (413, as_json(image={"data": text_of(bytes(3 * 33 * 33)), "shape": [33, 33, 3]}), "33x33"),
        (413, as_json(image=text_of(BOMB)), "60000x60000"),
        (413, json.dumps({"observations": [GOOD] * 4}).encode(), "4 observations"),
        (413, as_json(instruction="a" * 50_000), "at most 40000"),
        (422, as_json(state=None), "state: missing"),
        (422, as_json(state=[1.0]), r"shape \(1,\)"),
        (422, as_json(state=[1.0, float("nan")]), "finite"),
        (422, as_json(state=[1.0, 1e200]), "finite"),
        (422, as_json(state=["1", "2"]), "state"),
    ],
)
def test_json_that_cannot_be_answered(port: int, status: int, body: bytes, said: str) -> None:
    refused, answer = ask(port, body=body, headers=JSON | ALLOWED)
    assert refused == status, answer
    assert any(part in answer["error"] for part in said.replace("\\", "").split("|")), answer


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (400, b"\xc1", "no msgpack"),
        (400, as_msgpack()[:-3], "no msgpack"),
        (400, as_msgpack() + b"\x00", "no msgpack"),
        (400, b"\x91" * 5_000, "no msgpack"),
        (400, b"\xdc\x4e\x20" + b"\x90" * 20_000, "10000 lists"),
        (422, pack({}), "'observations'"),
        (422, pack([1]), "'observations'"),
        (422, pack({"observations": [1]}), "found int"),
        (422, pack({"observations": [{"image": b"", "prompt": "", "wrist": 1}]}), "unknown wrist"),
        (422, as_msgpack(prompt="again"), "are the same"),
        (422, as_msgpack(image=None), "image: missing"),
        (422, as_msgpack(image=camera(0).astype(np.float32)), "float32"),
        (422, as_msgpack(image=camera(0).transpose(2, 0, 1)), "(3, 24, 32)"),
        (422, as_msgpack(image="text"), "found str"),
        (413, as_msgpack(image=np.zeros((33, 33, 3), np.uint8)), "33x33"),
        (422, as_msgpack(image=EMPTY | {b"shape": [1 << 62, 0, 3]}), "whole numbers"),
        (422, as_msgpack(image=EMPTY | {b"shape": [(1 << 64) - 1, 0, 3]}), "whole numbers"),
        (400, msgpack.packb(dict.fromkeys(map(str, range(2_000)), 0)), "no msgpack"),
        (422, as_msgpack(state=None), "state: missing"),
        (422, as_msgpack(state=np.array([True, False])), "bool"),
        (422, as_msgpack(state=np.zeros((1, 2))), "(1, 2)"),
        (422, as_msgpack(state=[True, 1.0]), "found list"),
        (422, msgpack.packb({"observations": [{"image": OBJECTS}]}), "'|O'"),
    ],
)
def test_msgpack_that_cannot_be_answered(port: int, status: int, body: bytes, said: str) -> None:
    headers = ALLOWED | {"Content-Type": "application/msgpack"}
    refused, answer = ask(port, body=body, headers=headers)
    assert refused == status, answer
    assert said in answer["error"], answer


@pytest.mark.parametrize(
    ("status", "path", "headers"),
    [
        (401, "/predict", JSON),
        (401, "/metadata", JSON),
        (401, "/predict", JSON | {"Authorization": "Bearer wrong"}),
        (401, "/predict", JSON | {"Authorization": f"Basic {TOKEN}"}),
        (401, "/predict", JSON | {"Authorization": "Bearer \xe9"}),
        (415, "/predict", ALLOWED | {"Content-Type": "application/x-python-pickle"}),
        (404, "/nothing", ALLOWED),
        (405, "/health", ALLOWED),
    ],
)
def test_the_wrong_door(port: int, status: int, path: str, headers: dict[str, str]) -> None:
    body = None if path == "/metadata" else as_json()
    refused, answer = ask(port, path, body, headers)
    assert refused == status
    assert answer["error"]


def test_openpis_way_to_send_the_token_is_known(port: int) -> None:
    status, _ = ask(port, "/metadata", headers={"Authorization": f"Api-Key {TOKEN}"})
    assert status == 200


def test_a_body_that_grows_beyond_the_limit_is_not_kept(port: int) -> None:
    """Sent in chunks, it announces no size."""
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port)
    parts = iter([b"x" * 10_000] * 5)
    connection.request("POST", "/predict", parts, JSON | ALLOWED, encode_chunked=True)
    assert connection.getresponse().status == 413


def test_the_client_says_what_the_server_said(port: int) -> None:
    with pytest.raises(ServerError, match="401: found a wrong one"):
        Client(f"http://127.0.0.1:{port}", token="wrong").metadata()  # noqa: S106
    with pytest.raises(ServerError, match="422: state: missing"):
        Client(f"http://127.0.0.1:{port}", token=TOKEN).predict(camera(0), TEXTS[0])


@pytest.mark.parametrize(
    "body",
    [
        b'{"observations": [' + b"0," * 60_000 + b"0]}",
        b"{" + b",".join(b'"%d": 0' % number for number in range(60_000)) + b"}",
    ],
    ids=["list", "map"],
)
def test_json_of_many_parts_is_refused_before_each_has_an_error(body: bytes) -> None:
    """A kilobyte for every two bytes: what 16 MiB would take is more than a machine has."""
    tracemalloc.start()
    with pytest.raises(RequestError, match="commas") as refused:
        read_request(body)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert refused.value.status == 400
    assert most < 1_000_000


def test_a_caller_who_goes_in_the_middle_leaves_no_traceback(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    head = "POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(f"{head}Authorization: Bearer {TOKEN}\r\n\r\n{{".encode())
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100) == b""
    assert ask(port, "/health")[0] == 200
    assert not caplog.records
