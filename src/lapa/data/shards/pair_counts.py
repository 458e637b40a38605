"""What became of the frames of a split, dataset by dataset: pairs, and what was dropped and why."""

from __future__ import annotations

import logging
from collections.abc import Mapping

import numpy as np

from lapa.data.shards.clip_table import ClipTable, Slots
from lapa.data.shards.pair_index import Where, clips_where, short_clips, valid_frames
from lapa.records import PairCounts, PairSpec, total_pairs

logger = logging.getLogger(__name__)


def count_pairs(
    table: ClipTable,
    spec: PairSpec,
    kept: Slots,
    *,
    where: Where | None = None,
) -> dict[str, PairCounts]:
    """Count the frames of every dataset.

    Args:
        table: the clips of a split.
        spec: what a pair is.
        kept: slots of the pairs that `lapa.data.shards.pair_index.select_pairs` kept.
        where: what it kept them of; None means all.
    """
    names, owned = table.texts["dataset"], table.numbers["owned_frames"]
    valid = valid_frames(table, spec)
    pairs = np.diff(np.searchsorted(kept, table.slot_start.astype(kept.dtype)))
    short, wanted = short_clips(table, spec), clips_where(table, where or {})
    counts = {}
    for code, name in enumerate(names.values):
        clips = wanted & (names.codes == code)
        if not clips.any():
            continue
        counts[name] = PairCounts(
            frames=int(owned[clips].sum()),
            tail=int((owned - valid)[clips].sum()),
            short_episodes=len(np.unique(table.episode[clips & short])),
            static=int((valid - pairs)[clips].sum()),
            pairs=int(pairs[clips].sum()),
        )
    return counts


def log_pairs(
    stage: str, split: str, counts: Mapping[str, PairCounts], *, used: int | None = None
) -> None:
    """Say in one line what a stage reads of a split; one more for each dataset, if there are several.

    Args:
        stage: its name.
        split: name of the split.
        counts: of each dataset.
        used: pairs that are left after `train_max_samples` or `val_max_samples`; None: all are.
    """
    rest = "" if used is None else f", {used} used"
    logger.info("%s, %s: %s%s", stage, split, in_words(total_pairs(counts)), rest)
    if len(counts) > 1:
        for name, own in counts.items():
            logger.info("%s, %s, %s: %s", stage, split, name, in_words(own))


def in_words(counts: PairCounts) -> str:
    """The counts as part of a sentence."""
    return (
        f"{counts.frames} frames, {counts.tail} without a t+H (tail), {counts.static} static (dropped), "
        f"{counts.short_episodes} episodes not longer than H, {counts.pairs} pairs"
    )
