"""What every stage logs, under the same names."""

from __future__ import annotations

import json
from pathlib import Path

SPEED = {
    "train/samples_per_second",
    "train/data_wait_fraction",
    "train/step_seconds_median",
    "train/step_seconds_max",
    "train/memory_gib",
    "train/grad_norm",
    "train/learning_rate",
}


def logged(work: Path) -> set[str]:
    """Names of all metrics in the file of a training."""
    lines = [json.loads(line) for line in (work / "metrics.jsonl").read_text().splitlines()]
    return set().union(*lines)
