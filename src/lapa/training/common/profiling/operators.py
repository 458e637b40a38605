"""Which operators the time of traced steps went into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from torch.profiler import profile

SHOWN: Final = 15
"""Operators on the page."""


@dataclass(frozen=True, kw_only=True)
class Operator:
    """One kind of operator, all its calls together."""

    name: str
    calls: float
    """Per step."""
    cpu_seconds: float
    """Per step, in the operator itself and not in those that it calls; on all threads."""
    gpu_seconds: float
    """Per step; 0 without a GPU."""
    share: float
    """Of the time of all operators, [0, 1]: on the GPU where there is one, else on the CPU."""


def slowest(tracer: profile, *, steps: int) -> list[Operator]:
    """The operators that took most, the longest first."""
    # names with a # are those that torch gives to whole stretches of a step, e.g. Optimizer.step#AdamW.step
    averages = [event for event in tracer.key_averages() if "#" not in event.key]
    on_gpu = any(event.self_device_time_total for event in averages)
    times = [e.self_device_time_total if on_gpu else e.self_cpu_time_total for e in averages]
    total = sum(times) or 1.0
    ordered = sorted(zip(times, averages, strict=True), key=lambda pair: -pair[0])[:SHOWN]
    return [
        Operator(
            name=event.key,
            calls=event.count / steps,
            cpu_seconds=event.self_cpu_time_total / 1e6 / steps,
            gpu_seconds=event.self_device_time_total / 1e6 / steps,
            share=own / total,
        )
        for own, event in ordered
        if own
    ]
