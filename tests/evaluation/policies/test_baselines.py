"""Baselines of open loop: the mean, the previous action, the nearest labelled frame."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from lapa.batches import RobotBatch
from lapa.data.loading.loader import evaluation_loader
from lapa.data.loading.robot import RobotDataset, open_robot
from lapa.evaluation.policies.baselines import NearestNeighbor, PredictMean, RepeatLast
from lapa.evaluation.policies.nearest_frames import features, index_labeled_frames
from lapa.records import ActionDimension, ActionStats, PairSpec
from toys.episodes import moving_square_episodes
from toys.shards import tiny_shard_set


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> RobotDataset:
    episodes = moving_square_episodes(6, 20, size=16)
    shards = tiny_shard_set(tmp_path_factory.mktemp("robot"), episodes=episodes, size=16)
    return open_robot(
        shards,
        "train",
        chunk=3,
        pair_spec=PairSpec(horizon_s=0.1),
        max_episodes=None,
        seed=0,
        with_states=True,
    )


def _stats(means: tuple[float, ...]) -> ActionStats:
    dimensions = tuple(
        ActionDimension(
            name=f"a{i}",
            unit="",
            mean=mean,
            std=1.0,
            minimum=-1.0,
            maximum=1.0,
            p01=-1.0,
            p99=1.0,
            bin_edges=(-1.0, 0.0, 1.0),
            clipped=0,
        )
        for i, mean in enumerate(means)
    )
    return ActionStats(dimensions=dimensions, episodes=1, steps=1, shard_digest="")


def _whole(dataset: RobotDataset) -> Any:
    (batch,) = evaluation_loader(dataset, batch_size=len(dataset))
    return batch


def test_the_mean_is_the_same_for_every_sample(dataset: RobotDataset) -> None:
    batch: RobotBatch = _whole(dataset)
    chunks = PredictMean(_stats((0.25, -0.5)), chunk=3).predict(batch, 0)
    assert chunks.shape == (len(dataset), 3, 2)
    np.testing.assert_array_equal(chunks.reshape(-1, 2), [[0.25, -0.5]] * chunks[..., 0].size)


def test_the_previous_action_is_repeated_also_across_clips(dataset: RobotDataset) -> None:
    mean = PredictMean(_stats((7.0, 7.0)), chunk=3)
    batch = _whole(dataset)
    chunks = RepeatLast(dataset, mean).predict(batch, 0)
    facts = [dataset.sample(i) for i in range(len(dataset))]
    begins = [fact["frame"] == 0 for fact in facts]
    assert sum(begins) == dataset.num_episodes
    across = 0
    for i, begin in enumerate(begins):
        if begin:
            assert (chunks[i] == 7.0).all()
            continue
        np.testing.assert_array_equal(chunks[i], np.tile(batch["actions"][i - 1, 0], (3, 1)))
        across += dataset.position_of(i)[1] == 0
    assert across > 0, "some clip begins inside an episode"


def test_a_batch_that_begins_later_looks_at_its_own_frames(dataset: RobotDataset) -> None:
    mean = PredictMean(_stats((7.0, 7.0)), chunk=3)
    whole = RepeatLast(dataset, mean).predict(_whole(dataset), 0)
    batches = iter(evaluation_loader(dataset, batch_size=8))
    next(batches)
    second: Any = next(batches)
    np.testing.assert_array_equal(RepeatLast(dataset, mean).predict(second, 8), whole[8:16])


def test_of_labelled_frames_the_nearest_is_the_frame_itself(dataset: RobotDataset) -> None:
    index = index_labeled_frames(dataset, max_frames=len(dataset), seed=0)
    batch = _whole(dataset)
    chunks = NearestNeighbor(index).predict(batch, 0)
    looks = features(batch["frames"], batch["states"])
    _, group, counts = np.unique(looks, axis=0, return_inverse=True, return_counts=True)
    alone = counts[group.ravel()] == 1
    assert alone.mean() > 0.5
    mask = batch["action_mask"].numpy() & alone[:, None]
    np.testing.assert_array_equal(chunks[mask], batch["actions"].numpy()[mask])
    ends = np.flatnonzero(mask[:, 0] & ~mask[:, 1])
    assert len(ends)
    np.testing.assert_array_equal(chunks[ends, 2], chunks[ends, 0], "the last action goes on")


def test_fewer_frames_are_a_nested_choice(dataset: RobotDataset) -> None:
    few = index_labeled_frames(dataset, max_frames=5, seed=0)
    more = index_labeled_frames(dataset, max_frames=20, seed=0)
    assert few.chunks.shape == (5, 3, 2)
    known = {chunk.tobytes() for chunk in more.chunks}
    assert all(chunk.tobytes() in known for chunk in few.chunks)


def test_pictures_and_states_weigh_alike(dataset: RobotDataset) -> None:
    index = index_labeled_frames(dataset, max_frames=len(dataset), seed=0)
    batch = _whole(dataset)
    scaled = (features(batch["frames"], batch["states"]) - index.center) * index.weight
    spread = (scaled**2).mean(axis=0)
    assert spread[:768].sum() == pytest.approx(1, rel=1e-3)
    assert spread[768:].sum() == pytest.approx(1, rel=1e-3)


@pytest.mark.parametrize("size", [8, 16, 33])
def test_frames_of_any_size_become_thumbnails(size: int) -> None:
    frames = torch.full((2, size, size, 3), 51, dtype=torch.uint8)
    thumbnails = features(frames, None)
    assert thumbnails.shape == (2, 768)
    np.testing.assert_allclose(thumbnails, 0.2, rtol=1e-5)
