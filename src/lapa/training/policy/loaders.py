"""The batches of stage 3: labelled frames (or what a frozen backbone makes of them) and held-out ones."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader

from lapa.data.loading.robot import RobotDataset, open_robot
from lapa.distributed.ranks import rank, world_size
from lapa.params.base import TrainerParams
from lapa.params.finetune import FinetuneParams
from lapa.records import PairSpec, ShardSet
from lapa.training.common.batches import held_out_batches, training_batches, training_order
from lapa.training.common.held_out import holds_out
from lapa.training.policy.encoded import EncodedDataset, encoded_batches, encoded_loader

TrainingData = RobotDataset | EncodedDataset


def labeled_loader(
    data: TrainingData, params: FinetuneParams, *, start_step: int = 0
) -> DataLoader[Any]:
    """Those of optimiser steps ``start_step``, ``start_step + 1``, ..., ``accumulate`` per step."""
    if isinstance(data, EncodedDataset):
        return encoded_loader(data, **training_order(params, start_step))
    return training_batches(data, params, start_step=start_step)


def measured_batches(data: TrainingData, settings: TrainerParams) -> Iterable[Any]:
    """This rank's share of held-out samples, each once."""
    if isinstance(data, EncodedDataset):
        size = settings.batch_size
        return encoded_batches(data, batch_size=size, rank=rank(), world_size=world_size())
    return held_out_batches(data, settings)


def on_device(batch: Any, device: torch.device) -> Any:
    """The batch with its tensors moved; texts stay."""
    return {
        name: value.to(device, non_blocking=True) if isinstance(value, Tensor) else value
        for name, value in batch.items()
    }


def open_held_out(
    shards: ShardSet, pair_spec: PairSpec, params: FinetuneParams, datasets: tuple[str, ...]
) -> RobotDataset | None:
    """The episodes of these datasets that nobody trains on; None where the shard set has none."""
    if not holds_out(shards):
        return None
    return open_robot(
        shards,
        "val",
        chunk=params.chunk,
        pair_spec=pair_spec,
        max_episodes=None,
        seed=0,
        with_states=params.use_state,
        datasets=datasets,
    )


def validation_part(held_out: TrainingData, settings: TrainerParams) -> TrainingData:
    """The same held-out frames every time."""
    return held_out.first(settings.val_max_samples, seed=settings.seed)
