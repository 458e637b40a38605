"""Actions on held-out episodes: a policy's and the baselines' beside the true ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from lapa.data.loading.loader import evaluation_loader
from lapa.data.loading.robot import RobotDataset, open_robot
from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.policies.baselines import Baseline, NearestNeighbor, PredictMean, RepeatLast
from lapa.evaluation.policies.evidence import PolicyEvidence
from lapa.evaluation.policies.nearest_frames import NearestFrames, index_labeled_frames
from lapa.evaluation.policies.progress_bar import progress_bar
from lapa.evaluation.probed_datasets import datasets_of_policy
from lapa.metrics.action_error import predictions
from lapa.models.policy.policy import Policy
from lapa.records import PairSpec, ShardSet

Steps = NDArray[np.float32]
"""``float32 (step, action_dim)``, physical units; valid steps of all chunks."""


@dataclass(frozen=True, kw_only=True)
class HeldOutActions:
    """What was predicted for every step, and what was done."""

    actions: Steps
    predicted: Steps
    baselines: dict[str, Steps] = field(default_factory=dict)
    """By the baseline's name."""
    clips: NDArray[np.int64]
    """``(step,)``: clip of the split's table."""
    samples: NDArray[np.int64]
    """``(step,)``: sample of `dataset` whose chunk the step belongs to, ascending."""
    dataset: RobotDataset

    def by_episode(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The first step of every episode ``(episode,)``, and the episode of every step ``(step,)``."""
        numbers = self.dataset.table.episode[self.clips]
        _, first, group = np.unique(numbers, return_index=True, return_inverse=True)
        return first, group


def open_held_out_actions(evidence: PolicyEvidence) -> RobotDataset:
    """The held-out episodes that a policy is measured on.

    Raises:
        CannotMeasureError: nothing is held out, or nothing with the policy's actions.
    """
    shards, params = evidence.shards, evidence.params
    if params.split not in shards.splits or not shards.split(params.split).clips:
        raise CannotMeasureError(
            f"there are no held-out episodes (split {params.split!r}); hold some out at ingestion"
        )
    return _open(
        shards,
        params.split,
        evidence.policy,
        evidence.checkpoint.pair_spec,
        datasets=datasets_of_policy(shards, params.split, evidence.policy.stats),
        max_episodes=params.open_loop.max_episodes,
        seed=params.seed,
    )


def baselines_of(evidence: PolicyEvidence, held_out: RobotDataset) -> list[Baseline]:
    """Every baseline that can be made; those that cannot are listed with the reason."""
    mean = PredictMean(evidence.policy.stats, chunk=held_out.chunk)
    nearest = evidence.analyses.run(
        "nearest labelled frames", lambda: NearestNeighbor(_labeled_index(evidence))
    )
    return [mean, RepeatLast(held_out, mean), *([nearest] if nearest else [])]


def predict_held_out(
    policy: Policy,
    dataset: RobotDataset,
    baselines: Sequence[Baseline] = (),
    *,
    batch_size: int,
    device: torch.device | str = "cpu",
) -> HeldOutActions:
    """Predict every frame from its image and instruction.

    Args:
        policy: in evaluation mode, on ``device``.
        dataset: held-out episodes.
        baselines: predict beside it.
        batch_size: frames per prediction; it changes the result by no more than rounding.
        device: where the policy is.
    """
    predicted, actions, clips, samples = [], [], [], []
    others: dict[str, list[Steps]] = {baseline.name: [] for baseline in baselines}
    loader = evaluation_loader(dataset, batch_size=batch_size)
    first = 0
    with progress_bar("held-out frames", len(dataset)) as on_done:
        for batch, chunks in predictions(policy, loader, device=device):
            mask = batch["action_mask"].numpy()
            predicted.append(chunks.cpu().numpy()[mask])
            actions.append(batch["actions"].numpy()[mask])
            for baseline in baselines:
                others[baseline.name].append(baseline.predict(batch, first)[mask])
            of_sample = dataset.table.clips_of(batch["sample_id"].numpy())
            clips.append(np.repeat(of_sample, mask.sum(axis=1)))
            samples.append(np.repeat(first + np.arange(len(mask)), mask.sum(axis=1)))
            first += len(mask)
            on_done(len(mask))
    return HeldOutActions(
        actions=np.concatenate(actions),
        predicted=np.concatenate(predicted),
        baselines={name: np.concatenate(steps) for name, steps in others.items()},
        clips=np.concatenate(clips),
        samples=np.concatenate(samples),
        dataset=dataset,
    )


def _labeled_index(evidence: PolicyEvidence) -> NearestFrames:
    stats, params = evidence.policy.stats, evidence.params
    if stats.episode_seed is None:
        raise CannotMeasureError(
            "the policy's statistics do not say which episodes it was taught with (episode_seed); "
            "finetune again"
        )
    labeled = _open(
        evidence.shards,
        "train",
        evidence.policy,
        evidence.checkpoint.pair_spec,
        datasets=stats.datasets or None,
        max_episodes=stats.episodes,
        seed=stats.episode_seed,
        balanced=stats.balanced,
    )
    most = params.open_loop.neighbor_frames
    return index_labeled_frames(labeled, max_frames=most, seed=params.seed)


def _open(
    shards: ShardSet,
    split: str,
    policy: Policy,
    pair_spec: PairSpec,
    *,
    datasets: Sequence[str] | None,
    max_episodes: int | None,
    seed: int,
    balanced: bool = False,
) -> RobotDataset:
    return open_robot(
        shards,
        split,
        chunk=policy.chunk,
        pair_spec=pair_spec,
        max_episodes=max_episodes,
        seed=seed,
        with_states=policy.state_input is not None,
        datasets=datasets,
        balanced=balanced,
    )
