"""Measuring on many processes: all call the model equally often, for a sharded one computes together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

import torch

from lapa.distributed.ranks import rank, sum_over_processes, world_size

Batch = TypeVar("Batch")


def in_step(batches: Iterable[Batch], device: torch.device) -> Iterator[tuple[Batch, float]]:
    """Batches and their weight; ranks with fewer repeat their last one at weight 0.

    Raises:
        ValueError: a rank has no batch at all.
    """
    batch: Batch | None = None
    iterator = iter(batches)
    while True:
        following = next(iterator, None)
        waiting = torch.tensor(float(following is not None), device=device)
        if float(sum_over_processes(waiting)) == 0:
            return
        batch = batch if following is None else following
        if batch is None:
            raise ValueError(
                f"rank {rank()} of {world_size()} got no validation batch; "
                "raise `trainer.val_max_samples` or use fewer processes"
            )
        yield batch, float(following is not None)
