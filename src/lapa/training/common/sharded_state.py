"""States that are spread over the processes (FSDP2): together in one folder, or every process its own file.

The folder (torch's distributed checkpoint) can be read by another number of processes. The files need
no shared disk, and are for the same processes again.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.distributed.checkpoint.api import CheckpointException
from torch.distributed.tensor import DTensor
from torch.optim import Optimizer

from lapa.distributed.ranks import barrier
from lapa.folders.full_disk import told_when_full


def write_together(fabric: Fabric, content: Mapping[str, Any], folder: Path) -> None:
    """Every process writes its part into ``folder``; collective.

    Raises:
        DiskFullError: a part does not fit.
    """
    with told_when_full(folder):
        try:
            fabric.save(folder, dict(content))
        except CheckpointException as error:  # no `Exception`, and its cause is inside
            cause = next(iter(error.failures.values()))[0]
            raise cause from error
    barrier()


def own_parts(model: nn.Module, optimizer: Optimizer) -> dict[str, Any]:
    """This process's part of weights and optimiser state, as plain tensors."""
    return {"model": _local(model.state_dict()), "optimizer": _local(optimizer.state_dict())}


def put_own_parts(model: nn.Module, optimizer: Optimizer, parts: Mapping[str, Any]) -> None:
    """Overwrite this process's part by what `own_parts` gave in a process of the same rank."""
    for name, weights in model.state_dict().items():
        _part_of(weights).copy_(parts["model"][name])
    optimizer.load_state_dict(_like_parameters(optimizer, parts["optimizer"]))


def _local(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _local(held) for name, held in value.items()}
    if isinstance(value, list):
        return [_local(held) for held in value]
    return _part_of(value) if isinstance(value, Tensor) else value


def _part_of(tensor: Tensor) -> Tensor:
    return tensor.to_local() if isinstance(tensor, DTensor) else tensor


def _like_parameters(optimizer: Optimizer, state: Mapping[str, Any]) -> dict[str, Any]:
    """Moments as parts of tensors that are spread as their parameters are."""
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    spread = {
        index: {name: _spread(value, parameters[index]) for name, value in moments.items()}
        for index, moments in state["state"].items()
    }
    return {**state, "state": spread}


def _spread(value: Any, like: Tensor) -> Any:
    """A number (the step) stays as it is."""
    if not isinstance(like, DTensor) or not torch.is_tensor(value) or not value.dim():
        return value
    return DTensor.from_local(
        value.to(like.device),
        like.device_mesh,
        like.placements,
        run_check=False,
        shape=like.shape,
        stride=like.stride(),
    )
