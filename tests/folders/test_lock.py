"""A lock keeps others out while its owner lives, and nobody afterwards."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from lapa.folders.lock import OutputLockedError, output_lock

GONE = 2**22 + 1
"""Larger than any process id of Linux."""


@pytest.fixture(autouse=True)
def _job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLURM_JOB_ID", "77")


@pytest.mark.parametrize(
    "owner",
    [f"{GONE} {socket.gethostname()}", f"{GONE} {socket.gethostname()} -", "12 other-node 77"],
)
def test_what_a_dead_process_left_is_taken_over(tmp_path: Path, owner: str) -> None:
    (tmp_path / ".lock").write_text(owner)
    with output_lock(tmp_path):
        assert (tmp_path / ".lock").read_text().split()[0] == str(os.getpid())
    assert not (tmp_path / ".lock").exists()


@pytest.mark.parametrize(
    "owner",
    [
        f"{os.getppid()} {socket.gethostname()} 77",
        "12 other-node 78",
        "12 other-node -",
        "12 other-node",
    ],
)
def test_who_may_be_alive_keeps_others_out(tmp_path: Path, owner: str) -> None:
    (tmp_path / ".lock").write_text(owner)
    with (
        pytest.raises(OutputLockedError, match=f"process {owner.split(maxsplit=1)[0]} on .*delete"),
        output_lock(tmp_path),
    ):
        pass
    assert (tmp_path / ".lock").read_text() == owner
