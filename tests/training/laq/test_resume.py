"""A training killed by SIGKILL, twice, ends with the bits of an undisturbed one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import torch

from lapa.training.checkpoints import step_file

TESTS = Path(__file__).parents[2]
NEVER = -1


def run(work: Path, kill_at: int) -> tuple[int, Path]:
    result = work / "result.pt"
    script = Path(__file__).with_name("kill_script.py")
    environment = {**os.environ, "PYTHONPATH": str(TESTS), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, str(script), str(work), str(kill_at), str(result)],
        env=environment,
        check=False,
    )
    return done.returncode, result


def losses(work: Path) -> dict[int, float]:
    lines = [json.loads(line) for line in (work / "metrics.jsonl").read_text().splitlines()]
    return {line["step"]: line["train/loss"] for line in lines if "train/loss" in line}


def load(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = torch.load(path, weights_only=True)
    return loaded


def test_two_kills_change_nothing(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    whole.mkdir()
    cut.mkdir()
    code, expected = run(whole, NEVER)
    assert code == 0
    for kill_at, newest in ((7, 5), (11, 10)):
        code, result = run(cut, kill_at)
        assert code == -signal.SIGKILL
        assert step_file(cut / "resume", newest).exists()
        assert not result.exists()
    code, result = run(cut, NEVER)
    assert code == 0
    reference, resumed = load(expected), load(result)
    assert reference["figures"] == resumed["figures"]
    for name, tensor in reference["weights"].items():
        assert torch.equal(tensor, resumed["weights"][name]), name
    assert losses(whole) == losses(cut)
    assert sorted(losses(whole)) == [1, 3, 5, 7, 9, 11]
