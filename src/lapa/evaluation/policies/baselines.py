"""Predictions that need no policy, which every policy must beat in open loop."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
from einops import repeat
from numpy.typing import NDArray

from lapa.batches import RobotBatch
from lapa.data.loading.robot import RobotDataset
from lapa.evaluation.policies.nearest_frames import NearestFrames
from lapa.records import ActionStats

Chunks = NDArray[np.float32]
"""``float32 (batch, time, action_dim)``, physical units."""


class Baseline(ABC):
    """Predicts chunks like a policy, but may look at what a policy is not shown."""

    name: ClassVar[str]
    """Subject of its metrics."""
    label: ClassVar[str]
    """What sentences and tables call it."""

    @abstractmethod
    def predict(self, batch: RobotBatch, first: int) -> Chunks:
        """Actions for a batch of consecutive samples, of which the first has index ``first``."""


class PredictMean(Baseline):
    """The mean action of the labelled episodes, whatever is seen: the best constant in squared error."""

    name, label = "predict_mean", "the mean labelled action"

    def __init__(self, stats: ActionStats, *, chunk: int) -> None:
        mean = np.array([dimension.mean for dimension in stats.dimensions], np.float32)
        self.mean: Chunks = repeat(mean, "action -> time action", time=chunk)

    def predict(self, batch: RobotBatch, first: int) -> Chunks:
        """The mean for every sample and step."""
        return repeat(self.mean, "time action -> batch time action", batch=len(batch["frames"]))


class RepeatLast(Baseline):
    """The true action of the step before, for every step of a chunk: no policy is told as much.

    Where a recording begins there is none, and the mean labelled action stands for it.
    """

    name, label = "repeat_last", "the previous true action"

    def __init__(self, dataset: RobotDataset, otherwise: PredictMean) -> None:
        self._dataset, self._otherwise = dataset, otherwise

    def predict(self, batch: RobotBatch, first: int) -> Chunks:
        """The previous true action of every sample, repeated."""
        chunks = self._otherwise.predict(batch, first).copy()
        for row in range(len(chunks)):
            before = self._dataset.action_before(first + row)
            if before is not None:
                chunks[row] = before
        return chunks


class NearestNeighbor(Baseline):
    """What was done in the labelled frame that looks most alike (`index_labeled_frames`)."""

    name, label = "nearest_neighbor", "the nearest labelled frame's action"

    def __init__(self, index: NearestFrames) -> None:
        self._index = index

    def predict(self, batch: RobotBatch, first: int) -> Chunks:
        """The chunk of the nearest labelled frame of every sample."""
        return self._index.actions(batch["frames"], batch.get("states"))


LABELS = {kind.name: kind.label for kind in (PredictMean, RepeatLast, NearestNeighbor)}
"""Name -> what it is, in words, in the order of the report."""
