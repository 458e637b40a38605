"""The training episodes whose actions may be seen: of which datasets, and how many of a seeded order."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from lapa.data.loading.labeled_datasets import choose_datasets
from lapa.data.loading.robot import chosen_episodes
from lapa.data.shards.clip_table import load_clip_table
from lapa.params.experiment import inside_robot_set
from lapa.params.labeled_episodes import LabeledEpisodes
from lapa.records import LabelSet, ShardSet, require_same

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class ChosenEpisodes:
    """The first ``count`` episodes with actions of a seeded order, of these datasets of a training split."""

    datasets: tuple[str, ...]
    count: int
    seed: int
    balanced: bool
    """Whether the instructions have their turns in that order."""


def choose_episodes(shards: ShardSet, asked: LabeledEpisodes) -> ChosenEpisodes:
    """Choose and log them; whoever asks for the same gets the same.

    Raises:
        ValueError: no such dataset has actions.
    """
    table = load_clip_table(shards, "train")
    datasets = choose_datasets(shards, table, inside_robot_set(asked.dataset))
    available = len(chosen_episodes(table, None, seed=0, datasets=datasets))
    count = labeled_episodes(available, asked)
    names = ", ".join(datasets)
    logger.info("learning the actions of %s: %d of %d episodes", names, count, available)
    balanced = asked.labeled_balance == "instruction"
    return ChosenEpisodes(datasets=datasets, count=count, seed=asked.seed, balanced=balanced)


def require_same_episodes(labels: LabelSet, shards: ShardSet, asked: LabeledEpisodes) -> None:
    """Refuse labels of an inverse dynamics model that saw other episodes than the policy will see.

    It would have seen more than its arm may, or less; labels made in another way know no episodes.

    Raises:
        ValueError: naming both choices.
    """
    if labels.made_by != "inverse_dynamics" or labels.actions is None:
        return
    own, seen = choose_episodes(shards, asked), labels.actions
    require_same(
        f"labelled episodes behind {labels.path} (shards, datasets, count, seed, balanced)",
        [
            *(seen.shard_digest[:12], list(seen.datasets), seen.episodes),
            *(seen.episode_seed, seen.balanced),
        ],
        [shards.digest[:12], list(own.datasets), own.count, own.seed, own.balanced],
        remedy="the inverse dynamics model must see the episodes that the policy sees: make its labels and its "
        "backbone again, in a run of their own",
    )


def labeled_episodes(available: int, asked: LabeledEpisodes) -> int:
    """How many of the available training episodes with actions are used: a count, a share, or all."""
    if asked.labeled_fraction is not None:
        return max(1, round(asked.labeled_fraction * available))
    wanted = available if asked.labeled_episodes is None else asked.labeled_episodes
    if wanted > available:
        logger.warning(
            "finetune.labeled_episodes is %d, the training split has %d episodes with actions: all of "
            "them are used",
            wanted,
            available,
        )
    return min(wanted, available)
