"""Functions that the launch tests call on every rank."""

from __future__ import annotations

import os
import time
from pathlib import Path

from lapa.params.base import TrainerParams
from lapa.records import PairSpec


def add(left: int, right: int) -> dict[str, int]:
    return {"sum": left + right, "process": os.getpid()}


def sum_of_ranks(offset: int) -> dict[str, int]:
    import torch
    import torch.distributed as dist

    dist.init_process_group("gloo")
    total = torch.tensor([dist.get_rank() + offset])
    dist.all_reduce(total)
    return {"total": int(total), "world": dist.get_world_size()}


def types_of_what_arrives(
    pairs: PairSpec, trainer: TrainerParams, work: Path, missing: PairSpec | None = None
) -> list[str]:
    """Records and parameters arrive as such."""
    names = [type(value).__name__ for value in (pairs, trainer, missing)]
    return [*names, str(isinstance(work, Path)), str(trainer.max_steps)]


def fail() -> None:
    raise SystemExit(3)


def work_until_stopped(work: Path) -> None:
    """Steps without end; every rank writes down the step after which it left."""
    from lapa.distributed.ranks import join_process_group, rank
    from lapa.distributed.stop_signals import StopSignals

    join_process_group("cpu")
    with StopSignals() as signals:
        for step in range(10_000):
            (work / f"pid-{rank()}").write_text(str(os.getpid()))
            (work / f"started-{rank()}").touch()
            time.sleep(0.01 * (rank() + 1))
            if signum := signals.agreed():
                (work / f"stopped-{rank()}").write_text(str(step))
                signals.leave(signum, stage="toy", step=step)
