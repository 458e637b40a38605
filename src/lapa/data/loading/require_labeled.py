"""Whether a shard set can teach a robot's actions at all: asked long before anybody trains on it."""

from __future__ import annotations

from lapa.data.loading.labeled_datasets import choose_datasets, labeled_datasets
from lapa.data.shards.clip_table import load_clip_table
from lapa.records import ShardSet


def require_labeled(shards: ShardSet, wanted: str | None) -> None:
    """Refuse a robot whose actions cannot be learnt, or not be judged; only the index is read.

    Args:
        shards: the robot's set.
        wanted: dataset inside it; None lets `choose_datasets` choose.

    Raises:
        ValueError: no such dataset has actions in the training split, or something is held out, but
            nothing with its actions.
    """
    learned = choose_datasets(shards, load_clip_table(shards, "train"), wanted)
    if "val" not in shards.splits or not shards.splits["val"].clips:
        return
    held_out = {dataset.name for dataset in labeled_datasets(load_clip_table(shards, "val"))}
    if not held_out & set(learned):
        raise ValueError(
            f"{shards.path}: the split 'val' holds actions of {sorted(held_out) or 'no dataset'}, expected "
            f"{' or '.join(map(repr, learned))}, whose actions are learnt (finetune.dataset); hold out more of "
            "it (ingestion.split), or learn another one"
        )
