"""A training step on fake tensors: operations and activations are counted, nothing is allocated."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.autograd.graph import saved_tensors_hooks
from torch.utils.flop_counter import FlopCounterMode

Model = TypeVar("Model", bound=nn.Module)


@dataclass(frozen=True, kw_only=True)
class StepCost:
    """What one more sample in a batch costs."""

    flops: float
    """Forward and backward."""
    activations: int
    """Bytes that the forward pass keeps for the backward pass."""


def step_cost(
    build: Callable[[], Model], loss: Callable[[Model, int], Tensor], *, half: bool
) -> StepCost:
    """Count a step of two samples minus a step of one: what does not grow with the batch is left out.

    Args:
        build: makes the model; its weights are fake, whatever their size.
        loss: scalar loss of a model for a batch of that many samples.
        half: arithmetic in bfloat16 as `bf16-mixed` does it.
    """
    with FakeTensorMode():
        model = build()
        one, two = (_count(model, partial(loss, model, n), half=half) for n in (1, 2))
    return StepCost(flops=two.flops - one.flops, activations=two.activations - one.activations)


def _count(model: nn.Module, loss: Callable[[], Tensor], *, half: bool) -> StepCost:
    own = {parameter.untyped_storage()._cdata for parameter in model.parameters()}
    kept: dict[int, int] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in own:
            kept[storage._cdata] = storage.nbytes()
        return tensor

    half_precision = torch.autocast("cpu", torch.bfloat16, enabled=half)
    with FlopCounterMode(display=False) as counter:
        with saved_tensors_hooks(keep, lambda tensor: tensor), half_precision:
            result = loss()
        result.backward()  # type: ignore[no-untyped-call]
    return StepCost(flops=float(counter.get_total_flops()), activations=sum(kept.values()))
