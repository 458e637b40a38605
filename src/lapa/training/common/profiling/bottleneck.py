"""What holds a training up, and what to do about it first, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import torch

from lapa.params.base import TrainerParams
from lapa.training.common.profiling.operators import Operator
from lapa.training.common.profiling.parts import PARTS, Part

_MUCH_WAITING: Final = 0.2
"""Share of a step above which more loader processes come before everything else."""
_IDLE_GPU: Final = 0.6
"""A GPU that computes for less than this share of a step waits to be told what to do."""


def bottleneck(
    parts: Mapping[Part, float],
    operators: Sequence[Operator],
    params: TrainerParams,
    *,
    device: torch.device,
) -> str:
    """Name the bottleneck.

    Args:
        parts: seconds of every part of a step.
        operators: those that took most, or none.
        params: what there is to turn.
        device: where it ran.
    """
    whole = sum(parts.values())
    if parts["data"] > _MUCH_WAITING * whole:
        return (
            f"The data hold it up: {parts['data'] / whole:.0%} of a step is waiting for the batch. "
            f"Raise trainer.num_workers (it is {params.num_workers}), or ingest smaller frames."
        )
    if device.type == "cuda" and operators and (busy := _busy(operators[0], whole)) < _IDLE_GPU:
        return (
            f"The GPU waits to be told what to do: it computes for {busy:.0%} of a step. "
            f"Raise trainer.batch_size (it is {params.batch_size}), or compile the model."
        )
    return _computing(parts, operators, params, device)


def _busy(slowest: Operator, step_seconds: float) -> float:
    """Share of a step in which the GPU computes, from one operator and its share of all."""
    return slowest.gpu_seconds / slowest.share / step_seconds


def _computing(
    parts: Mapping[Part, float],
    operators: Sequence[Operator],
    params: TrainerParams,
    device: torch.device,
) -> str:
    largest = max(parts, key=lambda part: parts[part])
    said = f"It computes: most of a step is the {PARTS[largest]} ({parts[largest] / sum(parts.values()):.0%})"
    if operators:
        said += f", and among operators `{operators[0].name}` ({operators[0].share:.0%})"
    if params.precision == "32-true" and device.type == "cuda":
        return said + ". trainer.precision bf16-mixed is the first thing to try."
    return said + "."
