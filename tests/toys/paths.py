"""Where the checkout lies, and what a process that a test starts needs to find `toys`."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"


def child_environment(**variables: str) -> dict[str, str]:
    """This process's environment, `toys` importable, with further variables."""
    path = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
    return os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"} | variables
