"""Exactly once, resumable after any batch, the same for any number of ranks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np
import pytest
from numpy.typing import NDArray

from lapa.data.loading.order import EvaluationBatches, SampleStream, TrainingBatches, shuffled


@dataclass
class Numbers:
    """A dataset of ``samples_per_epoch`` numbers."""

    samples_per_epoch: int

    def epoch_positions(self, epoch: int) -> NDArray[np.int64]:
        return np.arange(self.samples_per_epoch)


UNEVEN = sum((3, 17, 1, 8, 29, 2, 11))


@pytest.mark.parametrize("world_size", range(1, 9))
@pytest.mark.parametrize("batch_size", [1, 3, 4])
def test_every_sample_exactly_once_per_epoch(world_size: int, batch_size: int) -> None:
    size = batch_size * world_size
    steps = 3 * UNEVEN  # always ends on an epoch border of the global stream
    ranks = [
        list(
            TrainingBatches(
                Numbers(UNEVEN),
                batch_size=batch_size,
                seed=1,
                max_steps=steps,
                rank=rank,
                world_size=world_size,
            )
        )
        for rank in range(world_size)
    ]
    assert {len(batches) for batches in ranks} == {steps}
    stream = [i for step in range(steps) for batches in ranks for i in batches[step]]
    assert len(stream) == size * steps
    epochs = np.reshape(stream, (-1, UNEVEN))
    np.testing.assert_array_equal(
        np.sort(epochs, axis=1), np.tile(np.arange(UNEVEN), (len(epochs), 1))
    )
    assert (epochs[0] != epochs[1]).any()


@pytest.mark.parametrize("world_size", [1, 2, 4, 8])
def test_global_batches_are_the_same_for_any_ranks(world_size: int) -> None:
    def batches(ranks: int) -> list[list[int]]:
        parts = [
            TrainingBatches(
                Numbers(UNEVEN),
                batch_size=8 // ranks,
                seed=3,
                max_steps=30,
                rank=rank,
                world_size=ranks,
            )
            for rank in range(ranks)
        ]
        return [list(chain.from_iterable(step)) for step in zip(*parts, strict=True)]

    assert batches(world_size) == batches(1)


def test_resuming_after_any_batch_gives_the_identical_rest() -> None:
    whole = list(TrainingBatches(Numbers(UNEVEN), batch_size=4, seed=2, max_steps=60))
    for start in range(61):
        rest = TrainingBatches(
            Numbers(UNEVEN), batch_size=4, seed=2, max_steps=60, start_step=start
        )
        assert len(rest) == 60 - start
        assert list(rest) == whole[start:]


def test_epochs_and_seeds_differ_and_repeat() -> None:
    positions = np.arange(500)
    first = shuffled(positions, seed=0, epoch=0)
    np.testing.assert_array_equal(first, shuffled(positions, seed=0, epoch=0))
    assert (first != shuffled(positions, seed=0, epoch=1)).any()
    assert (first != shuffled(positions, seed=1, epoch=0)).any()


@pytest.mark.parametrize("length", [900, 1001])
def test_narrow_positions_have_the_same_order(length: int) -> None:
    narrow, wide = (
        shuffled(np.arange(length, dtype=width), seed=3, epoch=1, block=7, window=1000)
        for width in (np.int32, np.int64)
    )
    assert narrow.dtype == np.int32
    np.testing.assert_array_equal(narrow, wide)


def test_large_sets_are_shuffled_in_blocks() -> None:
    positions = np.arange(10_000)
    mixed = shuffled(positions, seed=0, epoch=0, block=50, window=1000)
    np.testing.assert_array_equal(np.sort(mixed), positions)
    for start in range(0, 10_000, 1000):
        touched = np.unique(mixed[start : start + 1000] // 50)
        assert len(touched) == 20  # twenty sequential reads serve a thousand samples
    assert abs(np.corrcoef(positions, mixed)[0, 1]) < 0.2


def test_small_sets_fill_batches_across_epochs() -> None:
    stream = SampleStream(Numbers(3), seed=0)
    taken = stream.take(0, 12)
    assert [sorted(taken[i : i + 3].tolist()) for i in range(0, 12, 3)] == [[0, 1, 2]] * 4


@pytest.mark.parametrize("world_size", range(1, 9))
@pytest.mark.parametrize("samples", [1, 7, 8, 71])
def test_evaluation_covers_each_sample_once(world_size: int, samples: int) -> None:
    seen = []
    for rank in range(world_size):
        batches = EvaluationBatches(samples, batch_size=4, rank=rank, world_size=world_size)
        assert len(batches) == len(list(batches))
        seen += chain.from_iterable(batches)
    assert sorted(seen) == list(range(samples))


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="rank is 2, expected 0 to 1"):
        TrainingBatches(Numbers(3), batch_size=1, seed=0, max_steps=1, rank=2, world_size=2)
    with pytest.raises(ValueError, match="no sample per epoch"):
        SampleStream(Numbers(0), seed=0)
