"""The batches of stage 3: labelled frames (or what a frozen backbone makes of them) and held-out ones."""

from __future__ import annotations

from typing import Any

from torch.utils.data import DataLoader

from lapa.data.loading.loader import evaluation_loader, training_loader
from lapa.data.loading.robot import RobotDataset, open_robot
from lapa.data.loading.slots import subset
from lapa.distributed.ranks import rank, world_size
from lapa.params.base import TrainerParams
from lapa.params.finetune import FinetuneParams
from lapa.records import PairSpec, ShardSet
from lapa.training.common.held_out import holds_out
from lapa.training.policy.encoded import EncodedDataset, encoded_loader

TrainingData = RobotDataset | EncodedDataset


def labeled_loader(
    data: TrainingData, settings: TrainerParams, *, start: int = 0
) -> DataLoader[Any]:
    """Training batches ``start``, ``start + 1``, ... of this rank, up to the last step."""
    order = {
        "batch_size": settings.batch_size,
        "seed": settings.seed,
        "max_steps": settings.max_steps,
        "start_step": start,
        "rank": rank(),
        "world_size": world_size(),
    }
    if isinstance(data, EncodedDataset):
        return encoded_loader(data, **order)
    return training_loader(data, num_workers=settings.num_workers, **order)


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


def held_out_loader(held_out: RobotDataset, settings: TrainerParams) -> DataLoader[dict[str, Any]]:
    """The same held-out frames every time and on every rank."""
    part = RobotDataset(
        reader=held_out.reader,
        slots=subset(
            held_out.slots, settings.val_max_samples, seed=settings.seed, table=held_out.table
        ),
        chunk=held_out.chunk,
        action_dim=held_out.action_dim,
        with_states=held_out.with_states,
        codes=None,
    )
    return evaluation_loader(part, batch_size=settings.batch_size)
