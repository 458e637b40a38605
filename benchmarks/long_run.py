"""Ten thousand steps of each training: memory and open files must not grow.

    PYTHONPATH=tests python benchmarks/long_run.py [--steps 10000]

Toy sizes, batches of 2, one loader process, a validation every 500 steps, a checkpoint every 200 on the durable and every 100 on the
fast level. After the first fifth of the steps (allocators, caches) the rest is cut into twelve blocks; the slope is that
of their means, with its 95 % interval (t with ten degrees of freedom). Linux 6.0 or newer.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import psutil  # type: ignore[import-untyped]
import torch
from scipy import stats

from lapa.training.common.tracking import MetricsFile
from toys.small_stages import STAGES, SmallStages

WARM_UP, BLOCKS = 0.2, 12
HEAD = (
    "| training | steps | memory, MB | slope, MB per 1000 steps [95 %] | open files | slope per 1000 steps | minutes |\n"
    "|---|---|---|---|---|---|---|"
)


class Watch:
    """Memory and open files of this process and its children, every time that it logs."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, float, int]] = []

    def begin(self) -> None:
        """Look from now on."""
        log = MetricsFile.log_metrics

        def looked(file: MetricsFile, metrics: Any, step: int | None = None) -> None:
            log(file, metrics, step)
            self.look(step or 0)

        MetricsFile.log_metrics = looked  # type: ignore[method-assign, assignment]

    def look(self, step: int) -> None:
        """Note what is in use."""
        own = psutil.Process()
        family = [own, *own.children(recursive=True)]
        memory = sum(written_memory(process.pid) for process in family)
        self.rows.append((step, memory, sum(process.num_fds() for process in family)))


def written_memory(pid: int) -> float:
    """Memory that a process has written to, MB; what several share is split among them.

    Not what it alone has mapped (USS): a library's code counts there as soon as the last other process on the
    machine that uses it ends, 40 MB at once.
    """
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kilobytes = {name: value for name, value, *_ in (line.split() for line in lines[1:])}
    return int(kilobytes["Pss_Dirty:"]) / 1000


def slope(steps: np.ndarray, values: np.ndarray) -> tuple[float, float]:
    """Change per 1000 steps, and half of its 95 % interval."""
    blocks = np.array_split(np.stack([steps / 1000, values]), BLOCKS, axis=1)
    when, means = np.stack([block.mean(axis=1) for block in blocks], axis=1)
    if np.ptp(means) == 0:
        return 0.0, 0.0
    fitted = stats.linregress(when, means)
    return float(fitted.slope), float(fitted.stderr * stats.t.ppf(0.975, BLOCKS - 2))


def row(stage: str, rows: list[tuple[int, float, int]], seconds: float) -> str:
    """A row of the table."""
    table = np.array(rows)
    kept = table[table[:, 0] >= WARM_UP * table[-1, 0]]
    (memory, memory_half), (files, files_half) = (slope(kept[:, 0], kept[:, i]) for i in (1, 2))
    cells = (
        stage,
        f"{int(table[-1, 0])}",
        f"{kept[0, 1]:.1f} → {kept[-1, 1]:.1f}",
        f"{memory:+.3f} [{memory - memory_half:+.3f}, {memory + memory_half:+.3f}]",
        f"{int(kept[:, 2].min())} to {int(kept[:, 2].max())}",
        f"{files:+.2f} [{files - files_half:+.2f}, {files + files_half:+.2f}]",
        f"{seconds / 60:.1f}",
    )
    return f"| {' | '.join(cells)} |"


def measure(fit: Callable[..., object], stage: str, folder: Path, steps: int) -> None:
    """Train, watched, and print the row."""
    torch.set_num_threads(1)
    watch, begun = Watch(), time.perf_counter()
    watch.begin()
    trainer = {
        "max_steps": steps,
        "validate_every": 500,
        "checkpoint_every": 200,
        "log_every": 50,
        "batch_size": 2,
        "num_workers": 1,
        "checkpoints": {"fast": {"folder": f"{folder}/node", "every": 100}},
    }
    fit(stage, folder / stage, **trainer)
    print(row(stage, watch.rows, time.perf_counter() - begun), flush=True)


def main() -> None:
    """Print the table; each training has a process of its own, that shares no memory which it would come to copy."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--trainings", nargs="+", default=list(STAGES))
    asked = parser.parse_args()
    print(HEAD, flush=True)
    with TemporaryDirectory() as name:
        stages = SmallStages.make(Path(name))
        for stage in asked.trainings:
            given = stages.fit, stage, Path(name), asked.steps
            child = multiprocessing.get_context("spawn").Process(target=measure, args=given)
            child.start()
            child.join()


if __name__ == "__main__":
    main()
