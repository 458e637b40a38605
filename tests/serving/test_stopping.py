"""Time limits, a full queue, and the end: what was taken is answered."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket as sockets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgpack
import numpy as np
import pytest
from numpy.typing import NDArray
from websockets.sync.client import connect

from lapa.records import FrameCodec
from lapa.serving.client import Client, observation
from lapa.serving.facts import PolicyFacts
from lapa.serving.limits import Limits
from lapa.serving.numpy_messages import pack
from lapa.serving.observation import Observation, ObservationReader, RawObservation
from lapa.serving.refusal import RequestError
from lapa.serving.service import Service
from toys.paths import ROOT, child_environment
from toys.served import TEXTS, ask, camera, running, stoppable, toy_policy

FACTS = PolicyFacts(
    digest="d", actions=(), chunk=1, control_hz=None, image_size=8, resize="crop", state=None
)
BODY = json.dumps({"observations": [observation(camera(0), TEXTS[0])]}).encode()


class Slow:
    """Answers 1 when it may; fails for good where it is told to."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.entered, self.gate = threading.Event(), threading.Event()

    def __call__(self, observations: Sequence[Observation]) -> NDArray[np.float32]:
        self.entered.set()
        assert self.gate.wait(30)
        if self.fails:
            raise FloatingPointError("not finite")
        return np.ones((len(observations), 1, 1), np.float32)


def service_of(predict: Slow, **limits: float) -> Service:
    allowed = Limits.model_validate({"gather_s": 0, **limits})
    reader = ObservationReader(codec=FrameCodec(image_size=8), state_names=None, limits=allowed)
    return Service(predict=predict, facts=FACTS, reader=reader, limits=allowed)


def until(holds: Callable[[], bool]) -> None:
    while not holds():
        time.sleep(0.01)


def test_an_answer_that_takes_too_long_is_a_504() -> None:
    predict = Slow()
    with running(service_of(predict, timeout_s=2)) as port:
        status, answer = ask(port, body=BODY)
        predict.gate.set()
        assert (status, "no answer within 2 s" in answer["error"]) == (504, True)
        assert ask(port, "/health")[0] == 200


def test_a_request_that_is_never_complete_is_a_408() -> None:
    with running(service_of(Slow(), timeout_s=0.3)) as port:
        with sockets.create_connection(("127.0.0.1", port), timeout=30) as connection:
            head = b"POST /predict HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
            connection.sendall(head + b"Content-Length: 100\r\n\r\n{")
            assert connection.recv(100).startswith(b"HTTP/1.1 408")
        assert ask(port, "/health")[0] == 200


@pytest.mark.parametrize(
    "said", ["", "GET /health HTTP/1.1\r\nHost: a\r\nX: "], ids=["nothing", "half"]
)
def test_a_head_that_is_never_complete_is_a_408(said: str) -> None:
    """Also where it trickles in."""
    with running(service_of(Slow(), timeout_s=0.3)) as port:
        with sockets.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(said.encode())
            answer = answer_to_a_trickle(connection, trickle=bool(said))
            assert answer.startswith(b"HTTP/1.1 408")
        assert ask(port, "/health")[0] == 200


def test_a_connection_that_is_kept_has_to_be_in_time_too() -> None:
    with running(service_of(Slow(), timeout_s=0.3)) as port:
        kept = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for _ in range(2):
            kept.request("GET", "/health")
            assert kept.getresponse().read()
            time.sleep(0.6)  # nothing said, nothing late
        kept.sock.sendall(b"G")
        assert answer_to_a_trickle(kept.sock, trickle=True).startswith(b"HTTP/1.1 408")
        kept.close()


def answer_to_a_trickle(connection: sockets.socket, *, trickle: bool) -> bytes:
    """What the server says while a byte comes every 50 ms."""
    connection.settimeout(0.05)
    for _ in range(400):
        try:
            return connection.recv(1000)
        except TimeoutError:
            if trickle:
                connection.sendall(b"a")
    return b"nothing in 20 s"


def test_a_websocket_has_said_what_it_wants() -> None:
    predict = Slow()
    predict.gate.set()
    with (
        running(service_of(predict, timeout_s=0.3)) as port,
        connect(f"ws://127.0.0.1:{port}", compression=None) as socket,
    ):
        socket.recv(timeout=30)
        time.sleep(0.6)
        socket.send(pack({"image": camera(0), "prompt": TEXTS[0]}))
        assert b"actions" in socket.recv(timeout=30)  # type: ignore[operator]


def test_a_message_that_breaks_its_reader_is_a_500_with_a_sentence() -> None:
    def broken(_body: bytes) -> list[RawObservation]:
        raise ZeroDivisionError

    service = service_of(Slow())
    with pytest.raises(RequestError, match="could not be read \\(ZeroDivisionError\\)") as refused:
        asyncio.run(service.predict(b"", broken))
    service.close()
    assert refused.value.status == 500


def test_a_full_queue_is_a_503() -> None:
    predict = Slow()
    with (
        running(service_of(predict, max_queue=1, max_images=1)) as port,
        ThreadPoolExecutor() as callers,
    ):
        first = callers.submit(ask, port, body=BODY)
        assert predict.entered.wait(30)
        second = callers.submit(ask, port, body=BODY)
        until(lambda: ask(port, "/health")[1]["waiting"] == 1)
        status, answer = ask(port, body=BODY)
        assert (status, "waiting already" in answer["error"]) == (503, True)
        predict.gate.set()
        assert [first.result(30)[0], second.result(30)[0]] == [200, 200]


def test_a_policy_that_fails_is_a_500_and_the_server_lives() -> None:
    predict = Slow(fails=True)
    predict.gate.set()
    with running(service_of(predict)) as port:
        status, answer = ask(port, body=BODY)
        assert (status, "FloatingPointError" in answer["error"]) == (500, True)
        predict.fails = False
        assert ask(port, body=BODY)[0] == 200


def test_what_was_taken_is_answered_and_nothing_more_is_taken() -> None:
    predict = Slow()
    with (
        stoppable(service_of(predict)) as (port, server),
        ThreadPoolExecutor() as callers,
        connect(f"ws://127.0.0.1:{port}", compression=None) as socket,
    ):
        socket.recv(timeout=30)
        over_http = callers.submit(ask, port, body=BODY)
        socket.send(pack({"image": camera(0), "prompt": ""}))
        assert predict.entered.wait(30)
        until(lambda: server._service.unanswered == 2)
        server.should_exit = True
        until(lambda: server._service._stopping)
        status, answer = ask(port, body=BODY)
        assert (status, "stopping" in answer["error"]) == (503, True)
        predict.gate.set()
        answer = msgpack.unpackb(socket.recv(timeout=30))
        assert answer["actions"][b"shape"] == [1, 1]
        assert over_http.result(30) == (200, {"actions": [[[1.0]]], "digest": "d"})


def test_the_command_answers_until_it_is_terminated(tmp_path: Path) -> None:
    """The process as users start it: SIGTERM in the middle of many requests."""
    command = [sys.executable, "-m", "lapa", "serve", str(toy_policy(tmp_path)), "--port", "0"]
    environment = child_environment(LAPA_SERVE_TOKEN="a-secret")  # noqa: S106
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, bufsize=1
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        url = line.split(" answers at ")[1].split()[0]
        outcomes = _until_refused(url, process)
        assert process.wait(240) == 0
        assert "every request that was taken has its answer" in process.stdout.read()
    finally:
        if process.poll() is None:
            process.kill()
    assert outcomes.count("answered") >= 8
    assert set(outcomes) <= {"answered", "503", "not reached"}


def _until_refused(url: str, process: subprocess.Popen[str]) -> list[str]:
    """Four callers that ask until the server is gone; it is told to stop once eight were answered."""
    outcomes: list[str] = []

    def caller() -> None:
        client = Client(url, token="a-secret")  # noqa: S106
        while outcomes[-1:] != ["not reached"]:
            outcomes.append(_outcome(client))
            if len(outcomes) >= 8:
                process.terminate()

    with ThreadPoolExecutor(4) as callers:
        for done in [callers.submit(caller) for _ in range(4)]:
            done.result(240)
    return outcomes


def _outcome(client: Client) -> str:
    from lapa.serving.client import ServerError

    try:
        assert client.predict(camera(0), TEXTS[0]).shape == (2, 3)
    except ServerError as error:
        return str(error.status)
    except (OSError, http.client.HTTPException):
        return "not reached"
    return "answered"
