"""The batches of stages 2 and 3, training and held out: this rank's share of them."""

from __future__ import annotations

from typing import Any

from torch.utils.data import DataLoader

from lapa.data.loading.loader import LoadableDataset, evaluation_loader, training_loader
from lapa.distributed.ranks import rank, world_size
from lapa.params.base import TrainerParams
from lapa.params.fabric import FabricStageParams


def training_batches(
    dataset: LoadableDataset, params: FabricStageParams, *, start_step: int
) -> DataLoader[dict[str, Any]]:
    """Those of optimiser steps ``start_step``, ``start_step + 1``, ..., ``accumulate`` per step."""
    workers = params.trainer.num_workers
    return training_loader(dataset, num_workers=workers, **training_order(params, start_step))


def training_order(params: FabricStageParams, start_step: int) -> dict[str, int]:
    """Which samples those batches hold, as keywords of `lapa.data.loading.order.TrainingBatches`."""
    trainer, accumulate = params.trainer, params.accumulate
    return {
        "batch_size": trainer.batch_size,
        "seed": trainer.seed,
        "max_steps": trainer.max_steps * accumulate,
        "start_step": start_step * accumulate,
        "rank": rank(),
        "world_size": world_size(),
    }


def held_out_batches(
    dataset: LoadableDataset, settings: TrainerParams
) -> DataLoader[dict[str, Any]]:
    """Every sample once."""
    size = settings.batch_size
    return evaluation_loader(dataset, batch_size=size, rank=rank(), world_size=world_size())
