"""A training killed by SIGKILL, twice, ends with the bits of an undisturbed one."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import torch

from lapa.training.laq.fit import train
from toys.killed_training import settings
from toys.paths import TESTS, child_environment
from toys.states import step_file


def killed_run(work: Path, step: int) -> int:
    """Exit code of a training in its own process that dies before ``step``."""
    script = TESTS / "toys/killed_training.py"
    command = [sys.executable, str(script), str(work), str(step)]
    return subprocess.run(command, env=child_environment(), check=False).returncode


def losses(work: Path) -> dict[int, float]:
    lines = [json.loads(line) for line in (work / "metrics.jsonl").read_text().splitlines()]
    return {line["step"]: line["train/loss"] for line in lines if "train/loss" in line}


def test_two_kills_change_nothing(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    model, figures = train(*settings(), work=whole)
    for step, newest in ((7, 5), (11, 10)):
        assert killed_run(cut, step) == -signal.SIGKILL
        assert step_file(cut / "resume", newest).exists()
    resumed, resumed_figures = train(*settings(), work=cut)
    assert figures == resumed_figures
    for (name, expected), found in zip(
        model.state_dict().items(), resumed.state_dict().values(), strict=True
    ):
        assert torch.equal(expected, found), name
    assert losses(whole) == losses(cut)
    assert sorted(losses(whole)) == [1, 3, 5, 7, 9, 11]


def test_a_finished_training_returns_at_once(tmp_path: Path) -> None:
    params, loaders = settings()
    short = params.model_copy(
        update={"trainer": params.trainer.model_copy(update={"max_steps": 5})}
    )
    model, figures = train(short, loaders, work=tmp_path)
    again, again_figures = train(short, loaders, work=tmp_path)
    assert figures == again_figures
    assert all(map(torch.equal, model.state_dict().values(), again.state_dict().values()))
