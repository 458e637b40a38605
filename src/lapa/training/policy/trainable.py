"""Which parameters of a policy learn."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from lapa.models.policy.policy import Policy

TrainablePart = Literal["head", "neck", "all"]


def select_trainable(policy: Policy, part: TrainablePart) -> None:
    """Let the head (and state input), or also the backbone's neck, or everything learn.

    The latent head of the backbone never does unless everything is trained: `features` do not pass
    through it.
    """
    policy.backbone.requires_grad_(part != "head")
    if part == "neck":
        for parameter in policy.backbone.trunk_parameters():
            parameter.requires_grad_(False)


def freeze_unreached(module: nn.Module, loss: Tensor) -> tuple[str, ...]:
    """Freeze what gets no gradient from ``loss`` and name it.

    The latent head is idle while actions are learnt, and DDP stops at idle parameters.
    """
    torch.autograd.backward(loss)
    idle = []
    for name, parameter in module.named_parameters():
        if parameter.requires_grad and parameter.grad is None:
            parameter.requires_grad_(False)
            idle.append(name)
        parameter.grad = None
    return tuple(idle)
