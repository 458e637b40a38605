"""Whether all of a shard set shows its actions, and they mean the same: asked before anything trains on it."""

from __future__ import annotations

import numpy as np

from lapa.data.loading.labeled_datasets import action_kind
from lapa.data.shards.clip_table import load_clip_table
from lapa.records import ShardSet


def require_actions(shards: ShardSet) -> None:
    """Refuse a set in which clips have no actions, or actions of several kinds; only the index is read.

    Raises:
        ValueError: naming the datasets with their action dimensions.
    """
    dims: dict[str, set[int]] = {}
    for split in sorted(shards.splits):
        table = load_clip_table(shards, split)
        names = table.texts["dataset"]
        for code, name in enumerate(names.values):
            own = np.unique(table.numbers["action_dim"][names.codes == code])
            dims.setdefault(name, set()).update(own.tolist())
    kinds = {action_kind(shards, name, dim) for name, own in dims.items() for dim in own}
    if len(kinds) == 1 and 0 not in {dim for own in dims.values() for dim in own}:
        return
    listed = ", ".join(f"{name}: {sorted(own)}" for name, own in sorted(dims.items()))
    raise ValueError(
        f"{shards.path}: pretraining on true actions needs the same actions in everything that is watched, "
        f"found the action dimensions {listed} (0 = none; equal ones may differ in names, units or meaning); "
        "leave the arm out (arms), or watch the robot alone (mixture.only)"
    )
