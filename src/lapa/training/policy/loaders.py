"""The batches of stage 3: labelled frames (or what a frozen backbone makes of them) and held-out ones."""

from __future__ import annotations

from typing import Any

from lapa.data.loading.loader import evaluation_loader, training_loader
from lapa.data.loading.robot import RobotDataset
from lapa.data.loading.slots import subset
from lapa.params.base import TrainerParams
from lapa.training.policy.observed import ObservedDataset, observed_loader


def labeled_loader(
    data: RobotDataset | ObservedDataset,
    settings: TrainerParams,
    *,
    start: int = 0,
    rank: int = 0,
    world_size: int = 1,
) -> Any:
    """Training batches ``start``, ``start + 1``, ... of this rank, up to the last step."""
    order = {
        "batch_size": settings.batch_size,
        "seed": settings.seed,
        "max_steps": settings.max_steps,
        "start_step": start,
        "rank": rank,
        "world_size": world_size,
    }
    if isinstance(data, ObservedDataset):
        return observed_loader(data, **order)
    return training_loader(data, num_workers=settings.num_workers, **order)


def held_out_loader(held_out: RobotDataset, settings: TrainerParams) -> Any:
    """The same held-out frames every time and on every rank."""
    part = RobotDataset(
        reader=held_out.reader,
        slots=subset(held_out.slots, settings.val_max_samples, seed=settings.seed),
        chunk=held_out.chunk,
        action_dim=held_out.action_dim,
        with_states=held_out.with_states,
        codes=None,
    )
    return evaluation_loader(part, batch_size=settings.batch_size)
