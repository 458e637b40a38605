"""The resumable state of stages 2 and 3, written whole or not at all: one file, or one folder if sharded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from lightning_fabric import Fabric
from torch import Tensor, nn
from torch.distributed.checkpoint.state_dict import StateDictOptions, get_model_state_dict
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from lapa.distributed.ranks import barrier, is_rank_zero
from lapa.folders.whole_folder import begin_draft, draft_of, finish_draft, undone_when_full
from lapa.params.fabric import FabricStageParams
from lapa.training.common.checkpoints import readable, save_atomically
from lapa.training.common.level import Level
from lapa.training.common.levels import Levels
from lapa.training.common.optim import build_optimizer, build_schedule
from lapa.training.common.selection import learnt
from lapa.training.common.shard_metadata import describes_tensors_only
from lapa.training.common.sharded_state import own_parts, put_own_parts, write_together
from lapa.training.common.stage_work import StageWork

Model = TypeVar("Model", bound=nn.Module)


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


def begin(
    fabric: Fabric, model: Model, params: FabricStageParams, work: StageWork
) -> TrainState[Model]:
    """Module, optimiser and schedule where training goes on; collective.

    Args:
        fabric: how the processes work together.
        model: at step 0; what learns is selected.
        params: optimiser, trainer, and whether the model is sharded.
        work: the stage, and its folder that holds durable states.
    """
    module = fabric.setup_module(model)
    optimizer = build_optimizer(module, params.optimizer)
    schedule = build_schedule(optimizer, params.optimizer, params.trainer.max_steps)
    state = TrainState(model=model, module=module, optimizer=optimizer, schedule=schedule)
    restore(fabric, state, levels_of(work, params))
    return state


def levels_of(work: StageWork, params: FabricStageParams) -> Levels:
    """Where the states of a stage lie."""
    return Levels(work.stage, work.folder, params.trainer, sharded=params.shard)


def save(fabric: Fabric, state: TrainState[Any], levels: Levels, level: Level) -> None:
    """Save collectively: every rank must call this."""
    if not levels.sharded:
        levels.save(level, state.step, _whole_content(state))
    elif level is levels.fast:
        parts = own_parts(state.module, state.optimizer)
        levels.save(level, state.step, parts | _rest(state))
    else:
        _save_together(fabric, state, level)


def write_state(fabric: Fabric, state: TrainState[Any], path: Path, *, sharded: bool) -> None:
    """Write all of the state to ``path``, a file, or a folder if sharded; collective."""
    if sharded:
        content = {"model": state.module, "optimizer": state.optimizer, **_rest(state)}
        write_together(fabric, content, path)
    elif is_rank_zero():
        save_atomically(_whole_content(state), path)


def restore(fabric: Fabric, state: TrainState[Any], levels: Levels) -> None:
    """Continue from the newest complete state of any level; from step 0 when there is none."""
    newest = levels.newest(read_state)
    if newest is None:
        return
    path, content = newest
    if path.is_dir():
        parts = {"model": state.module, "optimizer": state.optimizer}
        content = fabric.load(path, parts, weights_only=True)
    elif levels.sharded:
        put_own_parts(state.module, state.optimizer, content)
    else:
        state.model.load_state_dict(content["model"])
        state.optimizer.load_state_dict(content["optimizer"])
    state.schedule.load_state_dict(content["schedule"])
    state.step = content["step"]


def read_state(path: Path) -> dict[str, Any] | None:
    """The content of a file; nothing of a folder, which is only looked at. None where it must not be read."""
    if path.is_dir():
        return {} if describes_tensors_only(path) else None
    return readable(path)


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


def _whole_content(state: TrainState[Any]) -> dict[str, Any]:
    return {
        "model": state.model.state_dict(),
        "optimizer": state.optimizer.state_dict(),
        **_rest(state),
    }


def _rest(state: TrainState[Any]) -> dict[str, Any]:
    """What is the same in every process."""
    return {"schedule": state.schedule.state_dict(), "step": state.step}


def _save_together(fabric: Fabric, state: TrainState[Any], level: Level) -> None:
    """Each rank writes its part beside the others; rank zero renames the whole when all are done."""
    entry = level.entry_of(state.step)
    if is_rank_zero():
        begin_draft(entry)
    barrier()
    with undone_when_full(entry):
        write_state(fabric, state, draft_of(entry), sharded=True)
    if is_rank_zero():
        finish_draft(entry)
        level.prune()
    barrier()
