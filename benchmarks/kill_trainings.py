"""Kill every training at random moments and compare what comes out with an undisturbed one, bit for bit.

    PYTHONPATH=tests python benchmarks/kill_trainings.py --kills 20

One training is killed that often, each time further on; the next process goes on. The last row has two
processes over which the model is sharded (FSDP2), killed together with their launcher. With `--levels` the
killed training also saves fast states after every step, and milestones.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch

from lapa.distributed.by_annotation import arguments_to_json
from lapa.distributed.launch import launch
from lapa.records import Checkpoint
from lapa.training.foundation import fit
from toys.forked import Death, died, losses
from toys.foundations import arguments
from toys.paths import child_environment
from toys.small_stages import STAGES, SmallStages

STEPS_PER_KILL = 4
SHARDED_NAME = "foundation, 2 x FSDP2"
SHARDED = {"devices": 2, "batch_size": 4, "checkpoint_every": 1}
TASK = "lapa.training.foundation:fit"


def killed_here(
    stages: SmallStages, stage: str, works: tuple[Path, Path], kills: int, levels: dict[str, Any]
) -> str:
    """A row of the table: one process."""
    whole, cut = works
    random, steps = np.random.default_rng(0), STEPS_PER_KILL * (kills + 1)
    fit_to = partial(stages.fit, stage, max_steps=steps, checkpoint_every=2)
    undisturbed = fit_to(work=whole)
    fit_to = partial(fit_to, work=cut, checkpoints=levels)
    for _ in range(kills):
        lines, seconds = int(random.integers(2, 2 + STEPS_PER_KILL)), float(random.uniform(0, 0.05))
        code = died(fit_to, Death(signal.SIGKILL, lines, seconds))
        assert code == -signal.SIGKILL, code
    return row(stage, kills, works, undisturbed.digest == fit_to().digest)


def killed_together(
    stages: SmallStages, works: tuple[Path, Path], kills: int, levels: dict[str, Any]
) -> str:
    """A row of the table: two processes."""
    whole, cut = works
    random, steps = np.random.default_rng(1), STEPS_PER_KILL * (kills + 1)
    config = stages.foundation_params(max_steps=steps, **SHARDED)
    config = config.model_copy(update={"shard": True})
    undisturbed: Checkpoint = launch(TASK, arguments(*stages.squares, config, whole), devices=2)
    saves = {"checkpoint_every": 2 if levels else 1, "checkpoints": levels}
    config = stages.foundation_params(max_steps=steps, **SHARDED | saves)
    given = arguments(*stages.squares, config.model_copy(update={"shard": True}), cut)
    for _ in range(kills):
        kill_group(given, cut, seconds=float(random.uniform(0, 1.0)))
    resumed = launch(TASK, given, devices=2)
    return row(SHARDED_NAME, kills, works, undisturbed.digest == resumed.digest)


def kill_group(given: dict[str, object], work: Path, *, seconds: float) -> None:
    """Start two processes and kill them and torchrun, so long after they have saved."""
    work.mkdir(exist_ok=True)
    job = work / "job.json"
    job.write_text(json.dumps({"task": TASK, "arguments": arguments_to_json(fit, given)}))
    command = [sys.executable, "-m", "lapa.distributed.orphans", "--standalone"]
    command += ["--nproc-per-node=2"]
    before = saved(work)
    run = subprocess.Popen(
        [*command, "-m", "lapa.distributed.launch", str(job)],
        start_new_session=True,
        env=child_environment(),
        stderr=subprocess.DEVNULL,
    )
    while run.poll() is None and saved(work) == before:
        time.sleep(0.01)
    time.sleep(seconds)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()


def saved(work: Path) -> int:
    """Step of the newest resume point."""
    return max((int(p.name[5:]) for p in work.glob("resume/step-????????")), default=0)


def row(name: str, kills: int, works: tuple[Path, Path], same_weights: bool) -> str:
    """How much of the curve and whether the weights are equal."""
    whole, cut = map(losses, works)
    equal = sum(cut.get(step) == loss for step, loss in whole.items())
    logged = len((works[1] / "metrics.jsonl").read_text().splitlines())
    weights = "equal" if same_weights else "DIFFERENT"
    return f"| {name} | {kills} | {equal}/{len(whole)} | {weights} | {logged} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--trainings", nargs="+", default=[*STAGES, SHARDED_NAME])
    parser.add_argument("--levels", action="store_true", help="save on all three levels")
    asked = parser.parse_args()
    kills = asked.kills
    torch.set_num_threads(1)
    os.environ |= child_environment()
    with TemporaryDirectory() as name:
        folder = Path(name)
        stages = SmallStages.make(folder)
        fast = {"folder": f"{folder}/node", "every": 1}
        levels = {"fast": fast, "milestones": f"{folder}/kept"} if asked.levels else {}
        print("| training | kill -9 | losses equal | weights | lines logged |")
        print("|---|---|---|---|---|", flush=True)
        for stage in (stage for stage in STAGES if stage in asked.trainings):
            works = folder / f"{stage}-whole", folder / f"{stage}-cut"
            print(killed_here(stages, stage, works, kills, levels), flush=True)
        if SHARDED_NAME in asked.trainings:
            works = folder / "sharded-whole", folder / "sharded-cut"
            print(killed_together(stages, works, kills, levels), flush=True)


if __name__ == "__main__":
    main()
