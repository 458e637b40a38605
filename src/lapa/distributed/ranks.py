"""The processes of a task: joining them, which one this is, and what travels between them.

One process needs no group: it is rank zero of one, and everything below is the identity there.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from typing import Any, Literal, TypeVar

import torch
import torch.distributed as dist

from lapa.distributed.device import device_for
from lapa.params.base import Accelerator

Value = TypeVar("Value")


def join_process_group(
    accelerator: Accelerator,
    *,
    backend: Literal["nccl", "gloo"] | None = None,
    patience: timedelta | None = None,
) -> torch.device:
    """Initialise ``torch.distributed`` from the launcher's variables and return the device.

    Lightning and Fabric would do it later, after the model was built; modules that decide at
    construction whether they run alone (moving-average codebooks) would decide wrongly.

    Args:
        accelerator: what the parameters ask for.
        backend: None takes the one of the device: NCCL for GPUs, else gloo.
        patience: how long a process waits for the others; None takes torch's limit.
    """
    device = device_for(accelerator, local_rank=int(os.environ.get("LOCAL_RANK", "0")))
    if int(os.environ.get("WORLD_SIZE", "1")) == 1 or dist.is_initialized():
        return device
    if device.type == "cuda":
        torch.cuda.set_device(device)
    own = "nccl" if device.type == "cuda" else "gloo"
    dist.init_process_group(backend or own, timeout=patience)
    return device


def _is_alone() -> bool:
    return not (dist.is_available() and dist.is_initialized())


def rank() -> int:
    """Rank of this process; 0 for one process."""
    return 0 if _is_alone() else dist.get_rank()


def is_rank_zero() -> bool:
    """Whether this is the process that writes and tells."""
    return rank() == 0


def is_first_of_node() -> bool:
    """Whether this is the process that writes what every node needs of its own."""
    return _is_alone() or int(os.environ.get("LOCAL_RANK", "0")) == 0


def is_watched() -> bool:
    """Whether somebody sees a progress bar of this process."""
    return is_rank_zero() and sys.stderr.isatty()


def world_size() -> int:
    """Number of processes."""
    return 1 if _is_alone() else dist.get_world_size()


def barrier() -> None:
    """Wait for the others."""
    if world_size() > 1:
        dist.barrier()


def sum_over_processes(values: torch.Tensor) -> torch.Tensor:
    """Add up ``values`` of all processes in place, and return them."""
    if world_size() > 1:
        dist.all_reduce(values)
    return values


def broadcast_from_zero(values: torch.Tensor) -> torch.Tensor:
    """Overwrite ``values`` by those of rank zero, and return them."""
    if world_size() > 1:
        dist.broadcast(values, src=0)
    return values


def object_from_zero(value: Value) -> Value:
    """Rank zero's ``value``, which is pickled; the others may hand in None."""
    if world_size() == 1:
        return value
    held = [value]
    dist.broadcast_object_list(held, src=0)
    return held[0]


def objects_of_all(value: Value) -> list[Value]:
    """The ``value`` of every process, which is pickled, in rank order."""
    if world_size() == 1:
        return [value]
    held: list[Any] = [None] * world_size()
    dist.all_gather_object(held, value)
    return held


def gather_from_all(values: torch.Tensor) -> torch.Tensor:
    """Join equally shaped ``values`` of all processes along the first axis, in rank order."""
    if world_size() == 1:
        return values
    parts = [torch.empty_like(values) for _ in range(world_size())]
    dist.all_gather(parts, values.contiguous())
    return torch.cat(parts)
