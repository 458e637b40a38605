"""What the page asks for is answered, and what cannot be is refused in a sentence."""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from toys.playing import CODES, SIDE, VALUES, playing, toy_table
from toys.served import JSON, ask

START = {"scene": 1, "frame": 2}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with playing(toy_table(tmp_path_factory.mktemp("play"))) as port:
        yield port


def post(port: int, path: str, message: Any) -> tuple[int, dict[str, Any]]:
    return ask(port, path, json.dumps(message).encode())


def pixels(address: str) -> np.ndarray:
    data = base64.b64decode(address.removeprefix("data:image/png;base64,"))
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)


def test_the_page_is_told_what_there_is_to_turn(port: int) -> None:
    status, about = ask(port, "/about")
    assert status == 200
    assert (about["num_codes"], about["codebook_size"], about["has_codes"]) == (CODES, VALUES, True)
    assert len(about["scenes"]) == 5
    assert {scene["horizon"] for scene in about["scenes"]} == {2}


def test_the_code_of_a_pair_draws_what_its_quantizer_draws(port: int) -> None:
    _, pair = post(port, "/pair", START)
    by_code = post(port, "/chain", {"start": START, "steps": [{"codes": pair["codes"]}]})[1]
    by_pair = post(port, "/chain", {"start": START, "steps": [{"pair": START}]})[1]
    assert by_code["after"] == by_pair["after"]
    assert by_code["before"] == pair["first"]
    assert pixels(pair["last"]).shape == (SIDE, SIDE, 3)
    assert len(pair["motion"]["arrows"]) == 64


def test_every_drawing_is_the_next_ones_first(port: int) -> None:
    steps = [{"codes": [0, 1]}, {"codes": [3, 2]}]
    once = post(port, "/chain", {"start": START, "steps": steps[:1]})[1]
    twice = post(port, "/chain", {"start": START, "steps": steps})[1]
    assert twice["before"] == once["after"]
    assert twice["after"] != once["after"]


def test_a_fan_holds_what_the_dial_would_draw(port: int) -> None:
    chain = {"start": START, "steps": [{"codes": [0, 1]}]}
    fan = {"chain": chain, "codes": [1, 1], "position": 1, "values": [0, 1, 2, 3]}
    pictures = post(port, "/fan", fan)[1]["pictures"]
    steps = [*chain["steps"], {"codes": [1, 2]}]
    drawn = post(port, "/chain", {"start": START, "steps": steps})[1]["after"]
    apart = [np.abs(pixels(each).astype(int) - pixels(drawn)).mean() for each in pictures]
    assert np.argmin(apart) == 2
    assert min(apart) < 0.5  # another batch, other kernels
    assert len(set(pictures)) == VALUES


@pytest.mark.parametrize(
    ("path", "message", "status", "words"),
    [
        ("/chain", {"start": START, "steps": [{"codes": [0, 9]}]}, 422, "found 9, expected 0 to 3"),
        ("/chain", {"start": START, "steps": [{"codes": [0]}]}, 422, "found 1, expected 2"),
        ("/chain", {"start": START, "steps": [{}]}, 422, "either `codes` or `pair`"),
        ("/chain", {"start": START, "steps": [{"codes": [0, 0]}] * 33}, 422, "at most 32"),
        ("/chain", {"start": {"scene": 5, "frame": 0}, "steps": []}, 404, "expected 0 to 4"),
        ("/pair", {"scene": 0, "frame": 99}, 404, "found frame 99"),
        ("/pair", {"scene": 0, "frame": -1}, 422, "greater than or equal to 0"),
        ("/pair", {"scene": "0", "frame": 0}, 422, "integer"),
        (
            "/fan",
            {"chain": {"start": START, "steps": []}, "codes": [0, 0], "position": 2, "values": [0]},
            422,
            "position: found 2",
        ),
    ],
)
def test_what_cannot_be_is_refused(
    port: int, path: str, message: Any, status: int, words: str
) -> None:
    given, answer = post(port, path, message)
    assert given == status
    assert words in answer["error"]


def test_no_json_a_long_body_and_other_paths(port: int) -> None:
    assert ask(port, "/chain", b"{")[0] == 400
    assert ask(port, "/chain", b" " * 70_000)[0] == 413
    status, answer = ask(port, "/codes")
    assert status == 404
    assert "POST /chain" in answer["error"]


def test_a_page_from_elsewhere_is_refused(port: int) -> None:
    """A name of somebody else that was pointed at 127.0.0.1."""
    with pytest.raises(json.JSONDecodeError):  # the refusal is plain text
        ask(port, "/about", headers={"Host": "elsewhere.example"})


def test_a_token_is_asked_for(tmp_path: Path) -> None:
    with playing(toy_table(tmp_path, quantizer={"kind": "none"}), token="secret") as port:  # noqa: S106
        assert ask(port, "/about")[0] == 401
        status, about = ask(port, "/about", headers={"Authorization": "Bearer secret"})
        assert (status, about["has_codes"]) == (200, False)
        given = {**JSON, "Authorization": "Bearer secret"}
        dialled = {"start": START, "steps": [{"codes": [0, 0]}]}
        status, answer = ask(port, "/chain", json.dumps(dialled).encode(), given)
        assert status == 422
        assert "continuous" in answer["error"]
        taken = {"start": START, "steps": [{"pair": {"scene": 0, "frame": 1}}]}
        assert ask(port, "/chain", json.dumps(taken).encode(), given)[0] == 200


def test_a_caller_who_goes_in_the_middle_leaves_no_traceback(
    port: int, caplog: pytest.LogCaptureFixture
) -> None:
    head = "POST /pair HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{"
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(head.encode())
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(100) == b""
    assert ask(port, "/about")[0] == 200
    assert not caplog.records


@pytest.mark.parametrize(
    "head",
    ["POST /pair HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n", "POST /"],
    ids=["body", "head"],
)
def test_a_question_that_is_never_complete_is_a_408(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, head: str
) -> None:
    for module in ("app", "server"):
        monkeypatch.setattr(f"lapa.serving.play.{module}.TIMEOUT_S", 0.3)
    with (
        playing(toy_table(tmp_path)) as port,
        socket.create_connection(("127.0.0.1", port), timeout=30) as connection,
    ):
        connection.sendall(head.encode())
        assert connection.recv(100).startswith(b"HTTP/1.1 408")
