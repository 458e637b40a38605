"""Whether a shard set holds anything out for validation, and enough of it for every process."""

from __future__ import annotations

from math import ceil

from lapa.distributed.ranks import world_size
from lapa.records import ShardSet


def holds_out(shard_set: ShardSet, split: str = "val") -> bool:
    """Whether the split exists and has clips; without it, trainings export their last step."""
    return split in shard_set.splits and shard_set.splits[split].clips > 0


def require_batch_each(samples: int, *, batch_size: int) -> None:
    """Refuse a validation set that leaves a process without a batch, at which Lightning would crash.

    Raises:
        ValueError: with samples, batches and processes.
    """
    batches = ceil(samples / batch_size)
    if batches < world_size():
        raise ValueError(
            f"the validation set has {samples} samples, {batches} batches of {batch_size} for {world_size()} "
            "processes, expected at least one each: lower `trainer.batch_size`, train on fewer processes, or hold "
            "more out (`ingestion.split.val_fraction`)"
        )
