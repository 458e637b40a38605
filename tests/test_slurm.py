"""The job scripts hand the run's name and the caller's parameters to Kedro as one option."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("script", ["cpu.sbatch", "gpu.sbatch"])
@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], ["--params=run=mine", "--only-missing-outputs"]),
        (
            ["--env=test", "--params=laq.trainer.devices=4"],
            ["--params=run=mine,laq.trainer.devices=4", "--only-missing-outputs", "--env=test"],
        ),
        (
            ["--params", "a=1", "--tags=x"],
            ["--params=run=mine,a=1", "--only-missing-outputs", "--tags=x"],
        ),
    ],
)
def test_the_run_keeps_its_name(
    tmp_path: Path, script: str, options: list[str], expected: list[str]
) -> None:
    (tmp_path / "slurm").symlink_to(ROOT / "slurm")
    binaries = tmp_path / ".venv/bin"
    binaries.mkdir(parents=True)
    (binaries / "activate").write_text(f'export PATH="{binaries}:$PATH"\n')
    kedro = binaries / "kedro"
    kedro.write_text('#!/bin/bash\nprintf "%s\\n" "$@"\n')
    kedro.chmod(0o755)
    done = subprocess.run(
        ["bash", f"slurm/{script}", "laq", "mine", *options],
        cwd=tmp_path,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["run", "--pipelines=laq", *expected]
