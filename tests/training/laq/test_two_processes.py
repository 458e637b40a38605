"""Two processes on gloo do what one process with the doubled batch does, augmentation included."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lapa.distributed.launch import launch

TOLERANCE = 2e-4
"""Relative: float32 sums in another order, over ten steps; replacement copies rows either way."""


def logged(work: Path, name: str) -> list[float]:
    lines = [json.loads(line) for line in (work / "metrics.jsonl").read_text().splitlines()]
    return [line[name] for line in lines if name in line]


@pytest.mark.usefixtures("launched_here")
def test_two_processes_equal_one_with_the_doubled_batch(tmp_path: Path) -> None:
    results = {}
    for devices in (1, 2):
        arguments = {
            "work": tmp_path / str(devices),
            "devices": devices,
            "augmentation": {"flip": 0.5, "brightness": 0.1, "contrast": 0.1, "erasing": 0.1},
        }
        results[devices] = launch("toys.rank_tasks:train_quantizer", arguments, devices=devices)
    first, second = results[2]["codebooks"]
    assert first == second, "codebooks differ between ranks"
    assert logged(tmp_path / "2", "train/replaced_codes")[-1] > 0, "nothing was replaced"
    for name, count in (("train/loss", 10), ("train/replaced_codes", 8)):
        one, two = (logged(tmp_path / str(devices), name) for devices in (1, 2))
        assert len(one) == count
        assert two == pytest.approx(one, rel=TOLERANCE)
    for name in ("val/loss", "val/psnr_gain_over_copy", "val/perplexity"):
        assert results[2]["metrics"][name] == pytest.approx(
            results[1]["metrics"][name], rel=TOLERANCE
        )
