"""The labelled episodes: how many, what they say, and the statistics of their actions."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lapa.data.action_names import described_actions
from lapa.data.loading.robot import RobotDataset, open_robot
from lapa.data.statistics.action_bins import fit_action_stats
from lapa.params.finetune import FinetuneParams
from lapa.params.foundation.model import FoundationModelParams
from lapa.params.policy import PolicyModelParams
from lapa.records import ActionStats, Checkpoint, LabelSet, PairSpec, ShardSet, require_same
from lapa.training.common.labeled_episodes import choose_episodes

logger = logging.getLogger(__name__)


def open_labeled(
    shards: ShardSet,
    pair_spec: PairSpec,
    params: FinetuneParams,
    labels: LabelSet | None,
    mixture: ShardSet | None = None,
) -> RobotDataset:
    """Open the training episodes whose actions may be seen, with codes where there are labels."""
    chosen = choose_episodes(shards, params.labels)
    return open_robot(
        shards,
        "train",
        chunk=params.chunk,
        pair_spec=pair_spec,
        max_episodes=chosen.count,
        seed=chosen.seed,
        labels=labels,
        mixture=mixture,
        with_states=params.use_state,
        datasets=chosen.datasets,
        balanced=chosen.balanced,
    )


def check_codes(labels: LabelSet, foundation: Checkpoint, sizes: FoundationModelParams) -> None:
    """Refuse to teach a backbone codes that mean something else than those it has learnt.

    Raises:
        ValueError: another quantiser, other actions, S or K; with both values.
    """
    name, again = f"label set {labels.path}", "label these shards as those that the backbone learnt"
    if "laq" in foundation.inputs:  # an untrained backbone knows no quantiser yet
        expected = foundation.inputs["laq"]
        require_same(f"{name}: quantiser digest", labels.laq_digest, expected, remedy=again)
    if labels.made_by != "quantizer" and "labels" in foundation.inputs:
        # a quantiser's codes mean the same in every label set of it, other codes in their own alone
        known = foundation.inputs["labels"]
        require_same(f"{name}: digest", labels.digest, known, remedy=again)
    for field in ("code_seq_len", "codebook_size"):
        own, backbones = getattr(labels, field), getattr(sizes, field)
        require_same(f"{name}: {field}", own, backbones, remedy=again)


def action_stats(dataset: RobotDataset, shards: ShardSet, params: FinetuneParams) -> ActionStats:
    """Fit bins and statistics to the labelled training episodes, and to nothing else."""
    facts = dataset.reader.facts(dataset.position_of(0)[0])
    names, units = described_actions(facts, dataset.action_dim)
    stats = fit_action_stats(
        dataset.all_actions(),
        names=names,
        units=units,
        episodes=dataset.num_episodes,
        shard_digest=shards.digest,
        datasets=dataset.datasets,
        bins=params.bins,
        method=params.bin_method,
    )
    balanced = params.labeled_balance == "instruction"
    order = {"episode_seed": params.trainer.seed, "balanced": balanced}
    stats = stats.model_copy(update=order)
    if stats.still:
        still = ", ".join(stats.still)
        logger.info("action dimensions that stand still in the labelled episodes: %s", still)
    return stats


def state_names(dataset: RobotDataset, width: int) -> tuple[str, ...]:
    """Names of the state's columns, numbered where the source has none."""
    names = dataset.reader.facts(dataset.position_of(0)[0])["state_names"]
    return tuple(names) if len(names) == width else tuple(f"state_{i}" for i in range(width))


def control_rate(dataset: RobotDataset) -> float | None:
    """Actions per second of the labelled episodes, Hz; None where they do not agree."""
    clips = np.unique(dataset.table.clips_of(dataset.slots))
    rates = np.unique(dataset.table.numbers["fps"][clips])
    return float(rates[0]) if len(rates) == 1 else None


def labeled_states(dataset: RobotDataset) -> NDArray[np.float32]:
    """The state of every labelled step, ``float32 (step, state_dim)``, no image read."""
    places = (dataset.position_of(index) for index in range(len(dataset)))
    return np.stack([dataset.reader.array(clip, "states")[frame] for clip, frame in places])


def states_left_out(config: PolicyModelParams, columns: Sequence[int]) -> PolicyModelParams:
    """Record and log by name the columns of the state that stand still, so that nobody looks for them."""
    if not columns:
        return config
    names = tuple(config.state_names[column] for column in columns)
    logger.warning("columns of the state that stand still are left out: %s", ", ".join(names))
    return config.model_copy(update={"states_left_out": names})
