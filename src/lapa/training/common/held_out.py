"""Whether a shard set holds anything out for validation."""

from __future__ import annotations

from lapa.records import ShardSet


def holds_out(shard_set: ShardSet, split: str = "val") -> bool:
    """Whether the split exists and has clips; without it, trainings export their last step."""
    return split in shard_set.splits and shard_set.splits[split].clips > 0
