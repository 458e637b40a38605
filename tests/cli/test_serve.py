"""`lapa serve` says in one line why it does not begin."""

from __future__ import annotations

import importlib.util
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from lapa.cli.serve import serve
from toys.served import toy_policy


def refusal(*arguments: str) -> str:
    result = CliRunner().invoke(serve, list(arguments))
    assert result.exit_code == 1, result.output
    return result.output


def test_a_folder_without_a_policy(tmp_path: Path) -> None:
    assert "no model at" in refusal(str(tmp_path), "--port", "0")


def test_an_address_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        said = refusal(str(toy_policy(tmp_path)), "--port", str(taken.getsockname()[1]))
    assert "choose another --host or --port" in said


@pytest.mark.parametrize("token", ["", " a", "é"])
def test_a_token_that_protects_nothing(tmp_path: Path, token: str) -> None:
    assert "openssl rand" in refusal(str(tmp_path), "--token", token)


def test_limits_that_no_request_could_meet(tmp_path: Path) -> None:
    assert "max_queue is 2" in refusal(str(tmp_path), "--max-queue", "2")
    assert "max_pixels" in refusal(str(tmp_path), "--max-pixels", "0")


def test_a_missing_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "msgpack" else known(name)
    )
    assert "needs msgpack: run `pip install 'lapa[serve]'`" in refusal(str(tmp_path))
