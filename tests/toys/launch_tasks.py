"""Functions that the launch tests call on every rank."""

from __future__ import annotations

import os
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
