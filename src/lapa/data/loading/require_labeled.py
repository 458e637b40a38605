"""Whether a shard set can teach a robot's actions at all: asked long before anybody trains on it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lapa.data.loading.labeled_datasets import choose_datasets, labeled_datasets
from lapa.data.shards.clip_table import ClipTable, load_clip_table
from lapa.records import ShardSet


def require_labeled(shards: ShardSet, wanted: str | None, *, with_states: bool = False) -> None:
    """Refuse a robot whose actions cannot be learnt, or not be judged; only the index is read.

    Args:
        shards: the robot's set.
        wanted: dataset inside it; None lets `choose_datasets` choose.
        with_states: the policy reads the robot's own state, too.

    Raises:
        ValueError: no such dataset has actions in the training split, its state is asked for and not there, or
            something is held out, but nothing with its actions.
    """
    table = load_clip_table(shards, "train")
    learned = choose_datasets(shards, table, wanted)
    if with_states:
        _require_states(shards, table, learned)
    if "val" not in shards.splits or not shards.splits["val"].clips:
        return
    held_out = {dataset.name for dataset in labeled_datasets(load_clip_table(shards, "val"))}
    if not held_out & set(learned):
        raise ValueError(
            f"{shards.path}: the split 'val' holds actions of {sorted(held_out) or 'no dataset'}, expected "
            f"{' or '.join(map(repr, learned))}, whose actions are learnt (finetune.dataset); hold out more of "
            "it (ingestion.split), or learn another one"
        )


def _require_states(shards: ShardSet, table: ClipTable, learned: Sequence[str]) -> None:
    names = table.texts["dataset"]
    for code, name in enumerate(names.values):
        labeled = (names.codes == code) & (table.numbers["action_dim"] > 0)
        without = int(np.sum(labeled & (table.numbers["state_dim"] == 0)))
        if name in learned and without:
            raise ValueError(
                f"{shards.path}: {without} of {int(labeled.sum())} clips of {name!r} hold no state of the robot, "
                "expected one in each for finetune.use_state: true; set finetune.use_state=false"
            )
