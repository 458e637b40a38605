"""The tests that are marked `gpu`, run as tests are, with what they said."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import torch

from gpu.sizes import Sizes

TESTS = Path(__file__).parents[2] / "tests" / "gpu"


def measure(device: torch.device, sizes: Sizes) -> dict[str, Any]:
    """Passed, failed, skipped. The other tests' fixtures, which need Kedro, are left out."""
    if importlib.util.find_spec("pytest") is None:
        return {"not_run": "pytest is not installed here"}
    flags = [
        "-q",
        "--noconftest",
        "-p",
        "no:cacheprovider",
        "-rA",
        "-o",
        "addopts=",
        "-o",
        "timeout=0",
    ]
    command = [sys.executable, "-m", "pytest", *flags, "-m", "gpu", str(TESTS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    told = [line for line in lines if line.startswith(("PASSED", "FAILED", "SKIPPED", "ERROR"))]
    return {
        "exit_code": done.returncode,
        "tests": told,
        "summary": lines[-1] if lines else done.stderr[-500:],
    }
