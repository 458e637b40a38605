"""A policy's actions on held-out episodes beside the true ones, and their error by episode."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.data.loading.loader import evaluation_loader
from lapa.data.loading.robot import open_robot
from lapa.data.shards.clip_table import ClipTable
from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.policies.episode_errors import EpisodeErrors
from lapa.evaluation.probed_datasets import datasets_of_policy
from lapa.metrics.action_error import predictions
from lapa.models.policy.policy import Policy
from lapa.records import ActionStats, Checkpoint, ShardSet


@dataclass(frozen=True, kw_only=True)
class HeldOutActions:
    """Predictions beside the truth, and their error."""

    predicted: NDArray[np.float32]
    """``(step, action_dim)``, physical units; valid steps of all chunks."""
    actions: NDArray[np.float32]
    errors: EpisodeErrors
    """By episode, so that arms can be compared episode by episode."""


def held_out_actions(
    policy: Policy, checkpoint: Checkpoint, shards: ShardSet, *, split: str, batch_size: int
) -> HeldOutActions:
    """Predict every frame of ``split`` from its image and instruction.

    Args:
        policy: in evaluation mode, on the CPU.
        checkpoint: of the policy, for its pair spec.
        shards: clips with actions.
        split: held-out episodes.
        batch_size: frames per prediction; the result does not depend on it.

    Raises:
        CannotMeasureError: nothing is held out, or nothing with the policy's actions.
    """
    if split not in shards.splits or not shards.split(split).clips:
        raise CannotMeasureError(
            f"there are no held-out episodes (split {split!r}); hold some out at ingestion"
        )
    dataset = open_robot(
        shards,
        split,
        chunk=policy.chunk,
        pair_spec=checkpoint.pair_spec,
        max_episodes=None,
        seed=0,
        with_states=policy.state_input is not None,
        datasets=datasets_of_policy(shards, split, policy.stats),
    )
    predicted, actions, clips = [], [], []
    for batch, chunks in predictions(policy, evaluation_loader(dataset, batch_size=batch_size)):
        mask = batch["action_mask"]
        predicted.append(chunks[mask].numpy())
        actions.append(batch["actions"][mask].numpy())
        of_sample = dataset.table.clips_of(batch["sample_id"].numpy())
        clips.append(np.repeat(of_sample, mask.sum(dim=1).numpy()))
    guessed, truth = np.concatenate(predicted), np.concatenate(actions)
    return HeldOutActions(
        predicted=guessed,
        actions=truth,
        errors=_by_episode(guessed, truth, np.concatenate(clips), dataset.table, policy.stats),
    )


def _by_episode(
    predicted: NDArray[np.float32],
    actions: NDArray[np.float32],
    clips: NDArray[np.int64],
    table: ClipTable,
    stats: ActionStats,
) -> EpisodeErrors:
    """Sum the errors of all steps of each episode."""
    error = predicted.astype(np.float64) - actions
    numbers, first, group = np.unique(table.episode[clips], return_index=True, return_inverse=True)
    absolute, squared = (np.zeros((len(numbers), error.shape[1])) for _ in range(2))
    np.add.at(absolute, group, np.abs(error))
    np.add.at(squared, group, error**2)
    texts = table.texts
    return EpisodeErrors(
        episodes=tuple(
            f"{texts['dataset'][clip]}/{texts['episode_id'][clip]}" for clip in clips[first]
        ),
        steps=tuple(np.bincount(group).tolist()),
        dimensions=tuple(d.name for d in stats.dimensions),
        units=tuple(d.unit for d in stats.dimensions),
        scales=tuple(d.scale for d in stats.dimensions),
        still=stats.still,
        absolute=tuple(map(tuple, absolute.tolist())),
        squared=tuple(map(tuple, squared.tolist())),
    )
