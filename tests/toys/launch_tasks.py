"""Functions that the launch tests call on every rank."""

from __future__ import annotations

import os


def add(left: int, right: int) -> dict[str, int]:
    return {"sum": left + right, "process": os.getpid()}


def sum_of_ranks(offset: int) -> dict[str, int]:
    import torch
    import torch.distributed as dist

    dist.init_process_group("gloo")
    total = torch.tensor([dist.get_rank() + offset])
    dist.all_reduce(total)
    return {"total": int(total), "world": dist.get_world_size()}


def fail() -> None:
    raise SystemExit(3)
