"""A job's script without Slurm: every way to give parameters reaches Kedro as one option."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("laq r", ["--params=run=r"]),
        ("laq r --env=vla_7b", ["--env=vla_7b", "--params=run=r"]),
        ("laq --params a=1 --env=x --params=b=2", ["--env=x", "--params=a=1,b=2"]),
        ("laq r --params='a=1 2' --params b=3", ["--params=run=r,a=1 2,b=3"]),
        ("laq", []),
    ],
)
def test_parameters_become_one_option(
    told_checkout: Path, options: str, expected: list[str]
) -> None:
    subprocess.run(
        ["bash", "-c", f"bash slurm/cpu.sbatch {options}"], cwd=told_checkout, check=True
    )
    (call,) = (told_checkout / "calls").read_text().splitlines()
    told = call.rstrip("\t").split("\t")
    assert sorted(told) == sorted(["run", "--pipelines=laq", "--only-missing-outputs", *expected])


@pytest.mark.parametrize(("left", "requeued"), [(138, True), (143, False), (1, False), (0, False)])
def test_only_sigusr1_puts_a_job_back_into_the_queue(
    told_checkout: Path, left: int, requeued: bool
) -> None:
    programs = told_checkout / ".venv/bin"
    (programs / "kedro").write_text(f"#!/bin/bash\nexit {left}\n")
    (programs / "scontrol").write_text('#!/bin/bash\necho "$@" > requeued\n')
    (programs / "scontrol").chmod(0o755)
    done = subprocess.run(
        ["env", "SLURM_JOB_ID=7", "bash", "slurm/cpu.sbatch", "laq", "r"],
        cwd=told_checkout,
        check=False,
    )
    assert done.returncode == left
    assert (told_checkout / "requeued").exists() == requeued
