"""Processes, devices and batches must fit each other before hours are spent on the way there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any

from lapa.hooks.refused import RefusedError
from lapa.params.base import StageParams, TrainerParams
from lapa.params.labeling import LabelingParams
from lapa.training.launch import check_allocation


def require_processes(parameters: Mapping[str, Any]) -> None:
    """Refuse stages that ask for processes which cannot be started or would have nothing to do.

    Args:
        parameters: of the nodes that will run, by dataset name.

    Raises:
        RefusedError: one line for each stage.
    """
    wrong = []
    for dataset, params in parameters.items():
        stage = dataset.removeprefix("params:")
        if isinstance(params, StageParams):
            wrong += _wrong(f"{stage}.trainer", params.trainer)
            wrong += _idle_ranks(f"{stage}.trainer", params.trainer)
        elif isinstance(params, LabelingParams):
            wrong += _wrong(stage, params)
    if wrong:
        raise RefusedError("\n".join(wrong))


def _wrong(where: str, asked: TrainerParams | LabelingParams) -> Iterator[str]:
    if asked.devices * asked.nodes == 1:
        return
    if "SLURM_JOB_ID" in os.environ:
        try:
            check_allocation(os.environ, devices=asked.devices, nodes=asked.nodes)
        except ValueError as error:
            yield f"{where}: {error}"
    elif asked.nodes != 1:
        yield (
            f"{where}.nodes is {asked.nodes} outside a Slurm allocation, expected 1: submit with "
            "sbatch, or set it to 1"
        )
    if (there := _gpus(asked.accelerator)) is not None and there < asked.devices:
        yield (
            f"{where}.devices is {asked.devices}, but this machine has {there} GPUs: set it to "
            f"{max(there, 1)}, or {where}.accelerator to cpu"
        )


def _gpus(accelerator: str) -> int | None:
    """GPUs of this machine where processes would run on them, else None."""
    import torch  # noqa: PLC0415 - takes seconds to import; one process needs no answer

    there = torch.cuda.device_count()
    return there if accelerator in {"gpu", "cuda"} or (accelerator == "auto" and there) else None


def _idle_ranks(where: str, trainer: TrainerParams) -> Iterator[str]:
    """Every rank validates at least one batch: Lightning stops at an empty loader."""
    ranks = trainer.devices * trainer.nodes
    batches = ceil(trainer.val_max_samples / trainer.batch_size)
    if batches < ranks:
        yield (
            f"{where}.val_max_samples is {trainer.val_max_samples}: {batches} batches of "
            f"{trainer.batch_size} for {ranks} processes, expected at least one each: raise it to "
            f"{ranks * trainer.batch_size} or more"
        )
