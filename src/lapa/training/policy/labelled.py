"""The labelled episodes: how many, what they say, and the statistics of their actions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lapa.data.action_bins import fit_action_stats
from lapa.data.robot import RobotDataset, open_robot
from lapa.params.finetune import FinetuneParams
from lapa.params.foundation import FoundationModelParams
from lapa.records import ActionStats, Checkpoint, LabelSet, PairSpec, ShardSet, require_same


def open_labelled(
    shards: ShardSet, pair_spec: PairSpec, params: FinetuneParams, labels: LabelSet | None
) -> RobotDataset:
    """Open the training episodes whose actions may be seen, with codes where there are labels."""
    return open_robot(
        shards,
        "train",
        chunk=params.chunk,
        pair_spec=pair_spec,
        max_episodes=labelled_episodes(shards, params),
        seed=params.trainer.seed,
        labels=labels,
        with_states=params.use_state,
    )


def check_codes(labels: LabelSet, foundation: Checkpoint, sizes: FoundationModelParams) -> None:
    """Refuse to teach a backbone codes that mean something else than those it has learnt.

    Raises:
        ValueError: another quantiser, S or K; with both values.
    """
    name, again = f"label set {labels.path}", "label these shards with the backbone's quantiser"
    if "laq" in foundation.inputs:  # an untrained backbone knows no quantiser yet
        expected = foundation.inputs["laq"]
        require_same(f"{name}: quantiser digest", labels.laq_digest, expected, remedy=again)
    for field in ("code_seq_len", "codebook_size"):
        found, expected_size = getattr(labels, field), getattr(sizes, field)
        require_same(f"{name}: {field}", found, expected_size, remedy=again)


def labelled_episodes(shards: ShardSet, params: FinetuneParams) -> int | None:
    """How many training episodes may be used: the count, the fraction of all, or all (None)."""
    if params.labelled_fraction is None:
        return params.labelled_episodes
    return max(1, round(params.labelled_fraction * shards.split("train").episodes))


def action_stats(dataset: RobotDataset, shards: ShardSet, params: FinetuneParams) -> ActionStats:
    """Fit bins and statistics to the labelled training episodes, and to nothing else."""
    facts = dataset.reader.facts(dataset.position_of(0)[0])
    return fit_action_stats(
        dataset.all_actions(),
        names=facts["action_names"],
        units=facts["action_units"],
        episodes=dataset.num_episodes,
        shard_digest=shards.digest,
        bins=params.bins,
        method=params.bin_method,
    )


def labelled_states(dataset: RobotDataset) -> NDArray[np.float32]:
    """The state of every labelled step, ``float32 (step, state_dim)``, no image read."""
    places = (dataset.position_of(index) for index in range(len(dataset)))
    return np.stack([dataset.reader.array(clip, "states")[frame] for clip, frame in places])
