"""How many pairs a labelling has before it, split by split."""

from __future__ import annotations

from lapa.data.shards.clip_table import load_clip_table
from lapa.data.shards.pair_counts import count_pairs, log_pairs
from lapa.data.shards.pair_index import select_pairs
from lapa.records import PairCounts, PairSpec, ShardSet


def pairs_of(shards: ShardSet, spec: PairSpec) -> dict[str, dict[str, PairCounts]]:
    """Count what becomes of the frames of every split, by dataset, and log it.

    Static pairs are counted by the motion filter of ``spec``; they are labelled all the same.
    """
    counts = {}
    for split in sorted(shards.splits):
        table = load_clip_table(shards, split)
        kept, _ = select_pairs(table, spec)
        counts[split] = count_pairs(table, spec, kept)
        log_pairs("labels", split, counts[split])
    return counts
