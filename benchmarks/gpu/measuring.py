"""Time and memory of a call on a device."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from typing import Any

import torch

GIB = 2**30
LEAST, MOST = 3, 200
"""Repetitions of one figure."""

DENSE_BF16_TFLOPS = {"H100": 989, "H200": 989, "A100": 312, "L40S": 362, "B200": 2250}
"""Peak of a card in bfloat16 without sparsity, by its data sheet; part of its name -> 10¹² operations a second."""


def settle(device: torch.device) -> None:
    """Wait until everything that was asked of the device is done."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def timed(call: Callable[[], object], device: torch.device, seconds: float) -> dict[str, float]:
    """Median and quartiles of the seconds of ``call``, warmed up twice.

    Args:
        call: what is measured.
        device: on which it computes.
        seconds: that are spent on it, at least.
    """
    for _ in range(2):
        call()
    settle(device)
    times: list[float] = []
    while len(times) < LEAST or (sum(times) < seconds and len(times) < MOST):
        begin = time.perf_counter()
        call()
        settle(device)
        times.append(time.perf_counter() - begin)
    low, middle, high = statistics.quantiles(times, n=4)
    return {"seconds": middle, "seconds_low": low, "seconds_high": high, "rounds": len(times)}


def forget_peak(device: torch.device) -> None:
    """Begin to measure memory anew."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats(device)


def peak_gib(device: torch.device) -> float | None:
    """Most that tensors took since `forget_peak`, GiB; None where nobody counts."""
    return torch.cuda.max_memory_allocated(device) / GIB if device.type == "cuda" else None


def dense_peak(device: torch.device) -> float | None:
    """Operations a second of the data sheet, bfloat16; None of a card that is not listed."""
    if device.type != "cuda":
        return None
    name = torch.cuda.get_device_name(device)
    known = (peak for part, peak in DENSE_BF16_TFLOPS.items() if part in name)
    return next((peak * 1e12 for peak in known), None)


def unless_too_large(
    row: dict[str, Any], measure: Callable[[], Mapping[str, Any]]
) -> dict[str, Any]:
    """A row with what ``measure`` returns, or with the fact that the memory did not suffice."""
    try:
        return row | dict(measure())
    except torch.OutOfMemoryError:
        return row | {"out_of_memory": True}
