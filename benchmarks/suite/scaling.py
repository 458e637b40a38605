"""How every stage of the data grows with the number of episodes, each number in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from suite import growth
from suite.rows import Row, figure

COUNTS, FEW = (100, 1_000, 10_000), (10, 20)
SCRIPT = Path(growth.__file__)


def measure(toy: bool, rounds: int) -> list[Row]:
    """CPU-seconds and peak memory of each stage at each number of episodes; one round each."""
    rows = []
    for count in FEW if toy else COUNTS:
        with tempfile.TemporaryDirectory(prefix="lapa-scaling-") as folder:
            found = growth.grown(count, Path(folder)) if toy else _apart(count, folder)
        for stage, spent in found.items():
            rows.append(figure(f"{stage}, {count:,} episodes", "CPU-s", spent["seconds"]))
            rows.append(figure(f"{stage}, {count:,} episodes", "MiB", spent["mib"]))
    return rows


def _apart(count: int, folder: str) -> dict[str, dict[str, float]]:
    path = os.pathsep.join([str(SCRIPT.parents[1]), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, str(SCRIPT), str(count), folder]
    done = subprocess.run(
        command,
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, dict[str, float]] = json.loads(done.stdout.splitlines()[-1])
    return found
