"""The order of training samples: a pure function of (seed, epoch), cut into global batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Sampler

BLOCK = 1024
"""Neighbouring samples that stay together when blocks are shuffled: about 16 clips."""
WINDOW = 65_536
"""Samples shuffled among themselves; a smaller set is shuffled as a whole."""


Positions = NDArray[np.integer[Any]]
"""Positions in a dataset; four bytes each where that is enough, for an epoch may have many millions."""


class Ordered(Protocol):
    """What an order is made of."""

    @property
    def samples_per_epoch(self) -> int:
        """Samples drawn per epoch, the same for all epochs."""
        ...

    def epoch_positions(self, epoch: int) -> Positions:
        """Positions drawn in an epoch, in storage order."""
        ...


def shuffled(
    positions: Positions, *, seed: int, epoch: int, block: int = BLOCK, window: int = WINDOW
) -> Positions:
    """Shuffle blocks of neighbours, then samples inside windows of many blocks.

    Reads stay nearly sequential in sets that do not fit the page cache, and each window still
    mixes ``window / block`` distant places. Up to ``window`` samples this is a full shuffle.
    """
    random = np.random.default_rng([seed, epoch])
    if len(positions) <= window:
        return random.permutation(positions)
    blocks = np.array_split(positions, np.arange(block, len(positions), block))
    mixed = np.concatenate([blocks[i] for i in random.permutation(len(blocks))])
    for start in range(0, len(mixed), window):
        random.shuffle(mixed[start : start + window])
    return mixed


class SampleStream:
    """The endless sequence of samples: epoch after epoch, each a permutation of its draw."""

    def __init__(self, dataset: Ordered, *, seed: int) -> None:
        if dataset.samples_per_epoch < 1:
            raise ValueError("the dataset draws no sample per epoch, expected at least one")
        self._dataset, self._seed = dataset, seed
        self._kept: tuple[int, Positions] | None = None

    def take(self, start: int, stop: int) -> Positions:
        """Return stream entries ``[start, stop)`` as positions of the dataset."""
        length = self._dataset.samples_per_epoch
        pieces = []
        while start < stop:
            epoch, inside = divmod(start, length)
            count = min(stop - start, length - inside)
            pieces.append(self._epoch(epoch)[inside : inside + count])
            start += count
        return np.concatenate(pieces)

    def _epoch(self, epoch: int) -> Positions:
        if self._kept is None or self._kept[0] != epoch:
            drawn = self._dataset.epoch_positions(epoch)
            self._kept = (epoch, shuffled(drawn, seed=self._seed, epoch=epoch))
        return self._kept[1]


class TrainingBatches(Sampler[list[int]]):
    """Batch sampler: this rank's share of global batches ``start_step .. max_steps - 1``.

    Global batch k is entries ``[k * G, (k + 1) * G)`` of the stream, ``G = batch_size *
    world_size``, so it depends on (seed, k, G) alone: not on workers, not on how G is divided
    among ranks, not on earlier interruptions. Every rank has the same number of batches.
    """

    def __init__(
        self,
        dataset: Ordered,
        *,
        batch_size: int,
        seed: int,
        max_steps: int,
        start_step: int = 0,
        rank: int = 0,
        world_size: int = 1,
    ) -> None:
        require_rank(rank, world_size)
        self._stream = SampleStream(dataset, seed=seed)
        self._batch_size, self._rank, self._world_size = batch_size, rank, world_size
        self._steps = range(start_step, max_steps)

    def __iter__(self) -> Iterator[list[int]]:
        for step in self._steps:
            begin = (step * self._world_size + self._rank) * self._batch_size
            yield self._stream.take(begin, begin + self._batch_size).tolist()

    def __len__(self) -> int:
        return len(self._steps)


class EvaluationBatches(Sampler[list[int]]):
    """Batch sampler: every sample once, in storage order; batches are dealt to ranks in turn.

    The last batch may be short and ranks may differ by one batch, so nothing is counted twice.
    """

    def __init__(
        self, num_samples: int, *, batch_size: int, rank: int = 0, world_size: int = 1
    ) -> None:
        require_rank(rank, world_size)
        self._starts = range(rank * batch_size, num_samples, batch_size * world_size)
        self._num_samples, self._batch_size = num_samples, batch_size

    def __iter__(self) -> Iterator[list[int]]:
        for start in self._starts:
            yield list(range(start, min(start + self._batch_size, self._num_samples)))

    def __len__(self) -> int:
        return len(self._starts)


def require_rank(rank: int, world_size: int) -> None:
    """Refuse an impossible rank.

    Raises:
        ValueError: the rank is not in ``[0, world_size)``.
    """
    if not 0 <= rank < world_size:
        raise ValueError(
            f"rank is {rank}, expected 0 to {world_size - 1} for {world_size} processes"
        )
