"""The resumable state of stages 2 and 3, written whole or not at all: one file, or one folder if sharded."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.distributed.checkpoint.state_dict import StateDictOptions, get_model_state_dict
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from lapa.distributed.ranks import barrier, is_rank_zero, object_from_zero
from lapa.params.fabric import FabricStageParams
from lapa.training.common.checkpoints import newest_readable, prune, save_atomically, step_file
from lapa.training.common.optim import build_optimizer, build_schedule
from lapa.training.common.resume import resume_folder
from lapa.training.common.selection import learnt

Model = TypeVar("Model", bound=nn.Module)

KEEP = 3
"""Resume points kept."""


@dataclass(kw_only=True)
class TrainState(Generic[Model]):
    """Everything that changes while training; random numbers are a function of the step."""

    model: Model
    """The model itself."""
    module: nn.Module
    """What ``fabric.setup_module`` made of it; training calls this one."""
    optimizer: Optimizer
    schedule: LRScheduler
    step: int = 0
    """Optimiser steps done."""


def begin(fabric: Fabric, model: Model, params: FabricStageParams, work: Path) -> TrainState[Model]:
    """Module, optimiser and schedule where training goes on; collective.

    Args:
        fabric: how the processes work together.
        model: at step 0; what learns is selected.
        params: optimiser, trainer, and whether the model is sharded.
        work: the folder that holds the resume points.
    """
    module = fabric.setup_module(model)
    optimizer = build_optimizer(module, params.optimizer)
    schedule = build_schedule(optimizer, params.optimizer, params.trainer.max_steps)
    state = TrainState(model=model, module=module, optimizer=optimizer, schedule=schedule)
    restore(fabric, state, resume_folder(work), sharded=params.shard)
    return state


def save(fabric: Fabric, state: TrainState[Any], folder: Path, *, sharded: bool) -> None:
    """Save collectively: every rank must call this."""
    if sharded:
        _save_shards(fabric, state, folder / f"step-{state.step:08d}")
        return
    if is_rank_zero():
        content = {
            "model": state.model.state_dict(),
            "optimizer": state.optimizer.state_dict(),
            "schedule": state.schedule.state_dict(),
            "step": state.step,
        }
        save_atomically(content, step_file(folder, state.step))
        prune(folder, keep=KEEP)
    barrier()


def restore(fabric: Fabric, state: TrainState[Any], folder: Path, *, sharded: bool) -> None:
    """Continue from the newest complete state in ``folder``; from step 0 when there is none."""
    if sharded:
        _restore_shards(fabric, state, folder)
        return
    path = object_from_zero(newest_readable(folder) if is_rank_zero() else None)
    if path is None:
        return
    content = torch.load(path, map_location="cpu", weights_only=True)
    state.model.load_state_dict(content["model"])
    state.optimizer.load_state_dict(content["optimizer"])
    state.schedule.load_state_dict(content["schedule"])
    state.step = content["step"]


def full_weights(state: TrainState[Any], *, sharded: bool) -> dict[str, Tensor]:
    """Consolidated weights on rank zero's CPU, empty on other ranks; collective."""
    if sharded:
        return _gathered(state, without_frozen=False)
    weights = state.model.state_dict() if is_rank_zero() else {}
    return {name: tensor.detach().cpu() for name, tensor in weights.items()}


def learnt_weights(state: TrainState[Any], *, sharded: bool) -> dict[str, Tensor]:
    """As `full_weights`, as copies and without what is frozen; collective."""
    if sharded:
        return _gathered(state, without_frozen=True)
    return learnt(state.model) if is_rank_zero() else {}


def _gathered(state: TrainState[Any], *, without_frozen: bool) -> dict[str, Tensor]:
    options = StateDictOptions(
        full_state_dict=True, cpu_offload=True, ignore_frozen_params=without_frozen
    )
    weights: Mapping[str, Any] = get_model_state_dict(state.model, options=options)
    return {name: tensor.detach().cpu() for name, tensor in weights.items()}


def _save_shards(fabric: Fabric, state: TrainState[Any], folder: Path) -> None:
    """Each rank writes its part beside the others; rank zero renames the whole when all are done."""
    partial = folder.with_name(folder.name + ".partial")
    if is_rank_zero():
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
    barrier()
    fabric.save(partial, _sharded_content(state))
    barrier()
    if is_rank_zero():
        _flush(partial)
        partial.replace(folder)
        for old in sorted(folder.parent.glob("step-????????"))[:-KEEP]:
            shutil.rmtree(old)
    barrier()


def _restore_shards(fabric: Fabric, state: TrainState[Any], folder: Path) -> None:
    complete = sorted(folder.glob("step-????????")) if is_rank_zero() else []
    path = object_from_zero(complete[-1] if complete else None)
    if path is None:
        return
    rest = fabric.load(path, {"model": state.module, "optimizer": state.optimizer})
    state.schedule.load_state_dict(rest["schedule"])
    state.step = rest["step"]


def _sharded_content(state: TrainState[Any]) -> dict[str, Any]:
    return {
        "model": state.module,
        "optimizer": state.optimizer,
        "schedule": state.schedule.state_dict(),
        "step": state.step,
    }


def _flush(folder: Path) -> None:
    """Force the files to disk before the rename makes them count."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
