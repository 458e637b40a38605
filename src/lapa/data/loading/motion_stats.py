"""Statistics of what was done over H, of the pairs that are learnt or labelled."""

from __future__ import annotations

from collections.abc import Sequence

from lapa.data.action_names import described_actions
from lapa.data.loading.pairs import PairDataset
from lapa.data.statistics.action_bins import fit_action_stats
from lapa.records import ActionStats, ShardSet


def motion_stats(
    pairs: PairDataset, shards: ShardSet, *, datasets: Sequence[str], bins: int
) -> ActionStats:
    """Fit statistics and uniform bins to the motions of ``pairs``; names and units are those of the actions.

    Args:
        pairs: opened with actions.
        shards: their set.
        datasets: those of it that they come from.
        bins: of every dimension.
    """
    motions = pairs.all_motions()
    facts = pairs.reader.facts(pairs.position_of(0)[0])
    names, units = described_actions(facts, motions.shape[1])
    return fit_action_stats(
        motions,
        names=names,
        units=units,
        episodes=pairs.num_episodes,
        shard_digest=shards.digest,
        datasets=datasets,
        bins=bins,
    )
