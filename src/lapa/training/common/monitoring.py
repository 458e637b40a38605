"""What all trainings log about the machine: speed of steps, memory and use of GPUs, process by process."""

from __future__ import annotations

import importlib.util
from typing import Final

import torch

from lapa.distributed.memory import peak_memory_gib
from lapa.distributed.ranks import objects_of_all
from lapa.training.common.step_clock import StepClock

OF_EVERY_PROCESS: Final = ("train/data_wait_fraction", "train/memory_gib", "train/gpu_memory_gib")
"""What differs between processes that keep step with one another, and names the one that holds up the others."""


def monitored(clock: StepClock) -> dict[str, float]:
    """Metrics of the steps since the last call; collective, so every process calls it.

    Of several processes, those of the first, and beside them `OF_EVERY_PROCESS` as ``NAME_rank_<i>``.
    """
    metrics = clock.metrics() | memory()
    everybody = objects_of_all({n: metrics[n] for n in OF_EVERY_PROCESS if n in metrics})
    if len(everybody) == 1:
        return metrics
    named = {f"{n}_rank_{i}": v for i, own in enumerate(everybody) for n, v in own.items()}
    return metrics | named


def memory() -> dict[str, float]:
    """Memory of this process, without its loader processes, and of its GPU, and how busy that is."""
    metrics = {"train/memory_gib": peak_memory_gib()}
    if torch.cuda.is_available():
        metrics["train/gpu_memory_gib"] = torch.cuda.max_memory_allocated() / 2**30
        if importlib.util.find_spec("pynvml"):  # what torch asks the driver with
            metrics["train/gpu_utilization"] = torch.cuda.utilization() / 100
    return metrics
