"""Join the process group before anything that asks for it is built."""

from __future__ import annotations

import os

import torch
import torch.distributed as dist

from lapa.distributed.device import device_for
from lapa.params.base import Accelerator


def join_process_group(accelerator: Accelerator) -> None:
    """Initialise ``torch.distributed`` from the launcher's variables; nothing for one process.

    Lightning would do it inside ``fit``, after the model was built; modules that decide at
    construction whether they run alone (moving-average codebooks) would decide wrongly.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1 or dist.is_initialized():
        return
    device = device_for(accelerator, local_rank=int(os.environ["LOCAL_RANK"]))
    if device.type == "cuda":
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")


def rank() -> int:
    """Rank of this process; 0 for one process."""
    return dist.get_rank() if dist.is_available() and dist.is_initialized() else 0


def world_size() -> int:
    """Number of processes."""
    return dist.get_world_size() if dist.is_available() and dist.is_initialized() else 1


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


def gather_from_all(values: torch.Tensor) -> torch.Tensor:
    """Join equally shaped ``values`` of all processes along the first axis, in rank order."""
    if world_size() == 1:
        return values
    parts = [torch.empty_like(values) for _ in range(world_size())]
    dist.all_gather(parts, values.contiguous())
    return torch.cat(parts)
