"""Do the processes of a job find one another, where are they, and how fast do they add up?"""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import torch

from lapa.distributed.ranks import (
    barrier,
    gather_from_all,
    join_process_group,
    rank,
    sum_over_processes,
    world_size,
)
from lapa.params.base import Accelerator
from lapa.records.base import Record

_NUM_FLOATS = 16 * 2**20
"""64 MiB: as large as a bucket of gradients."""
_REPEATS = 5


class ProcessesReport(Record):
    """What `check_processes` measured."""

    hosts: tuple[str, ...]
    """Of every rank, in rank order."""
    device: str
    """Of rank zero."""
    gib_per_second: float
    """Data that every process adds up with all the others, GiB/s; for one process 0."""


def check_processes(accelerator: Accelerator, work: Path) -> ProcessesReport:
    """Add up numbers of all processes and say where they run.

    Args:
        accelerator: of the processes.
        work: folder that every node can see; each rank leaves the name of its host there.

    Raises:
        RuntimeError: the sum is wrong.
    """
    device = join_process_group(accelerator)
    (work / f"host-{rank()}").write_text(socket.gethostname() + _node())
    total = sum_over_processes(torch.tensor([float(rank() + 1)], device=device))
    expected = world_size() * (world_size() + 1) / 2
    if float(total) != expected:
        raise RuntimeError(
            f"{world_size()} processes add up to {float(total)}, expected {expected}: some do not take part"
        )
    speed = gather_from_all(torch.tensor([_speed(device)], device=device)).min()
    barrier()
    hosts = tuple((work / f"host-{number}").read_text() for number in range(world_size()))
    return ProcessesReport(hosts=hosts, device=str(device), gib_per_second=float(speed))


def _node() -> str:
    """Slurm's name of the node, where it is another than the host's."""
    node = os.environ.get("SLURMD_NODENAME", "")
    return f" ({node})" if node and node != socket.gethostname() else ""


def _speed(device: torch.device) -> float:
    """GiB per second through one all-reduce."""
    if world_size() == 1:
        return 0.0
    values = torch.ones(_NUM_FLOATS, device=device)
    sum_over_processes(values)  # the first one opens the connections
    values.fill_(1)
    begun = time.perf_counter()
    for _ in range(_REPEATS):
        sum_over_processes(values)
    float(values[0])  # waits for the device
    size = values.numel() * values.element_size() * _REPEATS / 2**30
    return size / (time.perf_counter() - begun)
