"""Pairs with actions: of the few labelled episodes, and held out ones; statistics of what was done in them."""

from __future__ import annotations

from lapa.data.loading.labeled_datasets import labeled_datasets
from lapa.data.loading.motion_stats import motion_stats
from lapa.data.loading.pairs import PairDataset, open_pairs
from lapa.data.loading.robot import chosen_episodes
from lapa.data.shards.clip_table import load_clip_table
from lapa.records import ActionStats, PairSpec, ShardSet
from lapa.training.common.held_out import holds_out
from lapa.training.common.labeled_episodes import ChosenEpisodes

SPAN = 1
"""Bins of every dimension: only what they span is used here, whoever labels divides it."""


def open_labeled_pairs(shards: ShardSet, spec: PairSpec, chosen: ChosenEpisodes) -> PairDataset:
    """All training pairs of the chosen episodes, static ones too: doing nothing is an action.

    Raises:
        ValueError: the episodes are too short to hold a pair.
    """
    datasets = list(chosen.datasets)
    pairs = open_pairs(shards, "train", _all(spec), with_actions=True, datasets=datasets)
    episodes = chosen_episodes(
        pairs.table, chosen.count, seed=chosen.seed, datasets=datasets, balanced=chosen.balanced
    )
    labeled = pairs.of_episodes(episodes)
    if not len(labeled):
        raise ValueError(
            f"none of the {chosen.count} labelled episodes of {shards.path} is longer than the horizon of "
            f"{spec.horizon_s} s; label more (finetune.labeled_episodes)"
        )
    return labeled


def open_held_out_pairs(
    shards: ShardSet, spec: PairSpec, datasets: tuple[str, ...], *, max_samples: int
) -> PairDataset | None:
    """Pairs of episodes that nobody trains on; None where the shard set has none."""
    if not holds_out(shards):
        return None
    held_out = [dataset.name for dataset in labeled_datasets(load_clip_table(shards, "val"))]
    return open_pairs(
        shards,
        "val",
        _all(spec),
        max_samples=max_samples,
        with_actions=True,
        datasets=[name for name in held_out if name in datasets],
    )


def _all(spec: PairSpec) -> PairSpec:
    return spec.model_copy(update={"min_motion": 0.0, "policy": "all"})


def statistics_of(pairs: PairDataset, shards: ShardSet, chosen: ChosenEpisodes) -> ActionStats:
    """Statistics and spans of the action over H, of the labelled pairs and nothing else."""
    stats = motion_stats(pairs, shards, datasets=chosen.datasets, bins=SPAN)
    order = {"episode_seed": chosen.seed, "balanced": chosen.balanced}
    return stats.model_copy(update={"episodes": chosen.count, **order})
