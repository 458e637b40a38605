"""Processes, devices and batches must fit each other before hours are spent on the way there."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any

from lapa.distributed.slurm import check_allocation
from lapa.params.base import StageParams, TrainerParams
from lapa.params.evaluation import EvaluationParams
from lapa.params.labeling import LabelingParams
from lapa.refused import RefusedError

_GPU = {"gpu", "cuda"}


def require_processes(parameters: Mapping[str, Any], *, merging: bool = False) -> None:
    """Refuse stages that ask for processes which cannot be started or would have nothing to do.

    Args:
        parameters: of the nodes that will run, by dataset name.
        merging: parts of labels are joined: their processes have been.

    Raises:
        RefusedError: one line for each stage.
    """
    if merging:
        parameters = {k: v for k, v in parameters.items() if not isinstance(v, LabelingParams)}
    wrong = list(_idle_allocation(parameters))
    for dataset, params in parameters.items():
        stage = dataset.removeprefix("params:")
        if isinstance(params, StageParams):
            wrong += _wrong(f"{stage}.trainer", params.trainer)
            wrong += _idle_ranks(f"{stage}.trainer", params.trainer)
        elif isinstance(params, LabelingParams):
            wrong += _wrong(stage, params)
        elif isinstance(params, EvaluationParams):
            wrong += _no_gpu(stage, params)
    if wrong:
        raise RefusedError("\n".join(wrong))


def _wrong(where: str, asked: TrainerParams | LabelingParams) -> Iterator[str]:
    several = asked.devices * asked.nodes > 1
    if several:
        yield from _wrong_allocation(where, asked)
    if several or asked.accelerator in _GPU:
        yield from _missing_gpus(where, asked)


def _wrong_allocation(where: str, asked: TrainerParams | LabelingParams) -> Iterator[str]:
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


def _idle_allocation(parameters: Mapping[str, Any]) -> Iterator[str]:
    """One process in a job of several tasks or GPUs leaves the rest idle, unless another stage uses them."""
    asked = {
        dataset.removeprefix("params:"): _asked(params)
        for dataset, params in parameters.items()
        if isinstance(params, StageParams | LabelingParams | EvaluationParams)
    }
    if "SLURM_JOB_ID" not in os.environ or not asked:
        return
    largest = max(asked, key=lambda stage: asked[stage][0] * asked[stage][1])
    devices, nodes = asked[largest]
    given = {
        "SLURM_JOB_NUM_NODES": (nodes, "nodes"),
        "SLURM_NTASKS_PER_NODE": (devices, "processes a node"),
        "SLURM_GPUS_ON_NODE": (devices, "GPUs a node"),
    }
    for variable, (used, unit) in given.items():
        there = os.environ.get(variable)
        compared_already = devices * nodes > 1 and variable != "SLURM_GPUS_ON_NODE"
        if there is not None and int(there) > used and not compared_already:
            yield (
                f"{largest} is the largest stage of this job and uses {used} {unit}, but {variable} is {there}: "
                "the rest would be idle; change its `devices` and `nodes`, or the header of the batch script, so that "
                "they agree (slurm/submit.sh asks for what the parameters say)"
            )


def _asked(params: StageParams | LabelingParams | EvaluationParams) -> tuple[int, int]:
    """Processes a node, and nodes."""
    if isinstance(params, EvaluationParams):
        return 1, 1
    asked = params.trainer if isinstance(params, StageParams) else params
    return asked.devices, asked.nodes


def _missing_gpus(where: str, asked: TrainerParams | LabelingParams) -> Iterator[str]:
    there = _gpus()
    on_gpus = asked.accelerator in _GPU or (asked.accelerator == "auto" and there > 0)
    if on_gpus and there < asked.devices:
        yield (
            f"{where}.devices is {asked.devices}, but this machine has {there} GPUs: set it to "
            f"{max(there, 1)}, or {where}.accelerator to cpu"
        )


def _no_gpu(where: str, asked: EvaluationParams) -> Iterator[str]:
    """Evaluation is one process: it needs one GPU, if any."""
    if asked.accelerator in _GPU and _gpus() == 0:
        yield (
            f"{where}.accelerator is {asked.accelerator!r}, but this machine has no GPU: set it to "
            "auto or cpu"
        )


def _gpus() -> int:
    import torch  # noqa: PLC0415 - takes seconds to import; a run on one processor need not wait

    return torch.cuda.device_count()


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
