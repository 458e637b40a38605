"""The client needs numpy alone, and keeps one connection that may be closed meanwhile."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lapa.serving import client as client_module
from lapa.serving.client import Client, observation
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
