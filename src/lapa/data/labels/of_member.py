"""The codes of a shard set that was labelled as part of a mixture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lapa.data.labels.read_labels import load_codes
from lapa.data.shards.clip_table import ClipTable, load_clip_table
from lapa.records import LabelSet, MixtureMember, ShardSet


def load_member_codes(
    shard_set: ShardSet,
    labels: LabelSet,
    split: str,
    *,
    table: ClipTable,
    mixture: ShardSet | None = None,
) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """Read the labels of one split of ``shard_set``: ``codes int16 (slot, code)``, ``valid bool (slot,)``.

    Args:
        shard_set: what is read.
        labels: of it, or of a mixture it belongs to.
        split: its name.
        table: of that split.
        mixture: the labelled mixture; clips that it leaves out have no valid label.

    Raises:
        ValueError: the set is no member of the mixture, or the labels belong to other clips.
    """
    if mixture is None or not mixture.members:
        return load_codes(shard_set, labels, split, table=table)
    member = _member(shard_set, mixture)
    mixed = load_clip_table(mixture, split)
    codes, valid = load_codes(mixture, labels, split, table=mixed)
    rows = _slots_in(table, mixed, prefix=f"{member.dataset}/")
    return codes[rows], valid[rows] & (rows >= 0)


def _member(shard_set: ShardSet, mixture: ShardSet) -> MixtureMember:
    for member in mixture.members:
        if member.digest == shard_set.digest:
            return member
    names = ", ".join(member.dataset for member in mixture.members)
    raise ValueError(
        f"the labels are of the mixture {mixture.path} ({names}), which does not hold {shard_set.path}: "
        "watch the robot's dataset too (mixture.sources), or finetune without `joint_latent_weight`"
    )


def _slots_in(table: ClipTable, mixed: ClipTable, *, prefix: str) -> NDArray[np.int64]:
    """Slot of the mixture's table for every slot of ``table``; -1 where it leaves the clip out."""
    places = {
        (mixed.shards[shard], int(row)): int(start)
        for shard, row, start in zip(mixed.shard, mixed.row, mixed.slot_start[:-1], strict=True)
    }
    first = np.array(
        [
            places.get((prefix + table.shards[shard], int(row)), -1)
            for shard, row in zip(table.shard, table.row, strict=True)
        ],
        dtype=np.int64,
    )
    owned = table.numbers["owned_frames"]
    inside = np.arange(table.num_slots) - np.repeat(table.slot_start[:-1], owned)
    return np.where(np.repeat(first, owned) < 0, -1, np.repeat(first, owned) + inside)
