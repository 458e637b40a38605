"""A job's script without Slurm: every way to give parameters reaches Kedro as one option."""

from __future__ import annotations

import os
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


def test_a_job_of_an_array_makes_the_part_of_its_number(told_checkout: Path) -> None:
    line = "bash slurm/cpu.sbatch ingestion r --params=a=1 --parts=64"
    numbered = {**os.environ, "SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_COUNT": "2"}
    subprocess.run(["bash", "-c", line], cwd=told_checkout, env=numbered, check=True)
    assert "--params=run=r,a=1,part=3/64\t" in (told_checkout / "calls").read_text()


def test_parts_outside_an_array_are_refused(told_checkout: Path) -> None:
    line = ["bash", "slurm/cpu.sbatch", "ingestion", "r", "--parts=64"]
    done = subprocess.run(line, cwd=told_checkout, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "--parts=N is for an array: sbatch --array=1-N" in done.stderr
    assert not (told_checkout / "calls").exists()


@pytest.mark.parametrize(
    ("array", "job"), [([], "7"), (["SLURM_ARRAY_JOB_ID=7", "SLURM_ARRAY_TASK_ID=3"], "7_3")]
)
def test_of_an_array_the_one_job_is_requeued(
    told_checkout: Path, array: list[str], job: str
) -> None:
    programs = told_checkout / ".venv/bin"
    (programs / "kedro").write_text("#!/bin/bash\nexit 138\n")
    (programs / "scontrol").write_text('#!/bin/bash\necho "$@" > requeued\n')
    (programs / "scontrol").chmod(0o755)
    line = ["env", "SLURM_JOB_ID=7", *array, "bash", "slurm/cpu.sbatch", "ingestion", "r"]
    subprocess.run(line, cwd=told_checkout, check=False)
    assert (told_checkout / "requeued").read_text().split() == ["requeue", job]


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
