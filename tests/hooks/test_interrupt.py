"""A stopped run says so in its exit code, on the console and in MLflow, whoever was training."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from toys.hooked_project import HookedProject
from toys.paths import TESTS, child_environment

SCRIPT = TESTS / "toys/stopped_run.py"


@pytest.mark.parametrize(
    ("kind", "sent", "code"),
    [
        ("sleep", "SIGTERM", 143),
        ("sleep", "SIGUSR1", 138),
        ("lightning", "SIGTERM", 143),
        ("lightning", "SIGINT", 1),
        ("side_by_side", "SIGTERM", 143),
    ],
)
def test_a_stopped_run_is_killed_not_finished(
    project: HookedProject, kind: str, sent: str, code: int
) -> None:
    process = subprocess.Popen(
        [sys.executable, SCRIPT, project.folder, kind],
        env=child_environment(),
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    try:
        deadline = time.monotonic() + 120
        while not (project.folder / "started").exists():
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < deadline, "the node did not start within two minutes"
            time.sleep(0.05)
        process.send_signal(getattr(signal, sent))
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()  # a command that took no notice must not outlive its test
    assert process.returncode == code
    where = "" if kind == "side_by_side" else " in node lapa.train"
    assert f"Interrupted{where}. " in errors
    runs = [*project.runs(), *project.runs(nested=True)]
    assert [run.info.status for run in runs] == ["KILLED", "KILLED"]
