"""AdamW or Adafactor with decay where it belongs; a warm-up, then a cosine or nothing, per optimiser step."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from torch import nn
from torch.optim import Adafactor, AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR

from lapa.params.base import OptimizerParams

NamedParameters = Iterable[tuple[str, nn.Parameter]]


def build_optimizer(
    source: nn.Module | NamedParameters, params: OptimizerParams, *, fused: bool = False
) -> Optimizer:
    """The optimiser that ``params.kind`` names, over the trainable parameters of ``source``.

    Tensors with fewer than two dimensions (biases, norms, scales) are not decayed. ``weight_decay=0``
    makes AdamW plain Adam.
    ``fused`` makes AdamW one pass over memory instead of seven: on a CPU a sixth of the time, other last bits.
    Adafactor (Shazeer and Stern 2018, https://arxiv.org/abs/1804.04235) is torch's own.

    Raises:
        ValueError: there is nothing to train.
    """
    named = source.named_parameters() if isinstance(source, nn.Module) else source
    trainable = [parameter for _, parameter in named if parameter.requires_grad]
    if not trainable:
        raise ValueError("no parameter has requires_grad=True, expected at least one to train")
    groups: list[dict[str, Any]] = [
        {"params": [p for p in trainable if p.ndim >= 2], "weight_decay": params.weight_decay},
        {"params": [p for p in trainable if p.ndim < 2], "weight_decay": 0.0},
    ]
    filled = [group for group in groups if group["params"]]
    if params.kind == "adafactor":
        return Adafactor(filled, lr=params.learning_rate)
    return AdamW(filled, lr=params.learning_rate, betas=params.betas, fused=fused or None)


def build_schedule(optimizer: Optimizer, params: OptimizerParams, max_steps: int) -> LambdaLR:
    """Linear warm-up to the peak rate, then what ``params.schedule`` says; one call per optimiser step.

    Raises:
        ValueError: the warm-up does not end before the training does.
    """
    if params.warmup_steps >= max_steps:
        raise ValueError(
            f"`optimizer.warmup_steps` is {params.warmup_steps}, expected less than "
            f"`trainer.max_steps` = {max_steps}; shorten the warm-up or train longer"
        )
    return LambdaLR(optimizer, lambda step: rate_factor(step, params, max_steps))


def rate_factor(step: int, params: OptimizerParams, max_steps: int) -> float:
    """Learning rate of optimiser step ``step`` (from 0), as a fraction of the peak."""
    if step < params.warmup_steps:
        return (step + 1) / params.warmup_steps
    if params.schedule == "constant":
        return 1.0
    progress = min(1.0, (step - params.warmup_steps) / max(1, max_steps - params.warmup_steps))
    floor = params.final_learning_rate / params.learning_rate
    return floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * progress))
