"""`benchmarks/gpu.sh --toy`: all of it runs on a CPU, with neither Kedro nor MLflow, so that it works on a GPU the first time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ABSENT = ("kedro", "mlflow", "kedro_datasets", "kedro_mlflow")


@pytest.fixture
def without_kedro(tmp_path: Path) -> Path:
    """A folder to be found first, in which these packages cannot be imported."""
    for name in ABSENT:
        (tmp_path / f"{name}.py").write_text(f"raise ImportError('{name} is not here')\n")
    return tmp_path


def test_every_part_measures_something(without_kedro: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(without_kedro), "PYTHON": sys.executable}
    out = tmp_path / "out"
    command = [str(ROOT / "benchmarks" / "gpu.sh"), "--toy", "--out", str(out)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr + (out / "gpu.md").read_text()
    parts = json.loads((out / "gpu.json").read_text())["parts"]
    assert list(parts) == ["limits", "agreement", "quantizer", "loading", "policies", "backbones"]
    assert parts["agreement"]["exit_code"] == 0, parts["agreement"]
    assert all(row["samples_per_second"] > 0 for row in parts["quantizer"]["rows"])
    assert len(parts["backbones"]["rows"]) == 6
    assert parts["loading"]["pairs_per_second_trained"] > 0
    page = (out / "gpu.md").read_text()
    assert "Toy sizes" in page
    assert "| dual_encoder_tiny, parallel |" in page


def test_full_sizes_are_refused_without_a_gpu(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHON": sys.executable, "CUDA_VISIBLE_DEVICES": ""}
    command = [str(ROOT / "benchmarks" / "gpu.sh"), "--only", "limits", "--out", str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no GPU is visible to PyTorch" in (tmp_path / "gpu.md").read_text()
