"""The lines of slurm/README.md, with an `sbatch` that runs each job at once and a `kedro` that tells its arguments."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from toys.paths import ROOT

SBATCH = """#!/bin/bash
while [[ "$1" == --* ]]; do shift; done
bash "$@" > /dev/null && echo 7
"""
KEDRO = """#!/bin/bash
printf '%s\\t' "$@" >> calls
echo >> calls
"""


@pytest.fixture
def cluster(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "slurm", tmp_path / "slurm")
    programs = tmp_path / ".venv/bin"
    programs.mkdir(parents=True)
    (programs / "activate").touch()
    for name, text in (("sbatch", SBATCH), ("kedro", KEDRO)):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    return tmp_path


def submit(cluster: Path, line: str) -> list[list[str]]:
    """Arguments of every `kedro` that the line leads to."""
    environment = os.environ | {"PATH": f"{cluster}/.venv/bin:{os.environ['PATH']}"}
    subprocess.run(["bash", "-c", line], cwd=cluster, env=environment, check=True)
    return [call.rstrip("\t").split("\t") for call in (cluster / "calls").read_text().splitlines()]


def documented_line() -> str:
    lines = (ROOT / "slurm/README.md").read_text().splitlines()
    return next(line for line in lines if line.startswith("slurm/submit.sh")).partition("#")[0]


def test_the_documented_line_keeps_run_name_and_parameters(cluster: Path) -> None:
    calls = submit(cluster, documented_line())
    assert len(calls) == 6
    for call in calls:
        (params,) = [option for option in call if option.startswith("--params")]
        assert params == "--params=run=my_run,cluster=lrz_h100"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", ["--params=run=r"]),
        ("--env=vla_7b", ["--env=vla_7b", "--params=run=r"]),
        ("--params a=1 --env=x --params=b=2", ["--env=x", "--params=run=r,a=1,b=2"]),
        ("--params='a=1 2'", ["--params=run=r,a=1 2"]),
    ],
)
def test_every_way_to_give_parameters(cluster: Path, options: str, expected: list[str]) -> None:
    calls = submit(cluster, f"sbatch slurm/gpu.sbatch laq r {options}")
    (call,) = calls
    assert sorted(call) == sorted(["run", "--pipelines=laq", "--only-missing-outputs", *expected])


def test_a_run_name_that_is_a_path_is_refused_before_anything_is_queued(cluster: Path) -> None:
    done = subprocess.run(
        ["bash", "slurm/submit.sh", "../elsewhere"],
        cwd=cluster,
        env=os.environ | {"PATH": f"{cluster}/.venv/bin:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "is no name" in done.stderr
    assert not (cluster / "calls").exists()
