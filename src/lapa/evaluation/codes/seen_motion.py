"""Motion of held-out pairs, seen while their frames pass by anyway, or read from an earlier evaluation."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch

from lapa.data.loading.pairs import PairDataset
from lapa.evaluation.analyses import CannotMeasureError
from lapa.evaluation.codes.motion_file import read_motion, write_motion
from lapa.evaluation.codes.motion_of_flow import motion_of_flow
from lapa.evaluation.codes.pair_table import PairMotion
from lapa.flow.dis import FlowEstimator
from lapa.flow.estimator import build_estimator, identity_of
from lapa.params.flow import FlowParams
from lapa.records import ShardSet, digest_of

log = logging.getLogger(__name__)
CHUNK = 32
"""Pairs whose flow is in memory at once: 2 floats a pixel are many."""
SCHEMA = "lapa.motion/1"
"""What the numbers mean; another number where that changes."""


@dataclass(frozen=True, kw_only=True)
class MotionSight:
    """Who sees the motion, and where it is kept."""

    params: FlowParams
    estimator: FlowEstimator
    shards: str
    """Digest of the shard set."""
    device: torch.device
    """Where RAFT runs; dense inverse search runs on the CPU."""

    def of_frames(self, frames: torch.Tensor) -> PairMotion:
        """What moved in the pairs ``uint8 (pair, 2, height, width, 3)`` of a batch."""
        parts = []
        for chunk in torch.split(frames, CHUNK):
            flow = self.estimator(chunk.to(self.device)).cpu().numpy()
            parts.append(motion_of_flow(flow, self.params))
        return joined(parts)

    def earlier(self, dataset: PairDataset) -> PairMotion | None:
        """What an earlier evaluation saw of these very pairs; None where it is not kept."""
        file = self._file(dataset)
        return None if file is None else read_motion(file, len(dataset))

    def keep(self, motion: PairMotion, dataset: PairDataset) -> None:
        """Keep it for later evaluations, if it is to be kept."""
        if (file := self._file(dataset)) is not None:
            write_motion(motion, file)
            log.info("motion of %d pairs is kept in %s", len(dataset), file)

    def _file(self, dataset: PairDataset) -> Path | None:
        if self.params.cache is None:
            return None
        asked = {
            "schema": SCHEMA,
            "shards": self.shards,
            "split": list(dataset.table.shards),
            "pairs": _pairs_digest(dataset),
            "flow": identity_of(self.params),
        }
        return Path(self.params.cache).expanduser() / f"{digest_of(asked)[:16]}.npz"


def joined(parts: Sequence[PairMotion]) -> PairMotion:
    """Motion of several batches as one."""
    names = [column.name for column in fields(PairMotion)]
    return PairMotion(**{n: np.concatenate([getattr(part, n) for part in parts]) for n in names})


def _pairs_digest(dataset: PairDataset) -> str:
    """Digest of clip, frame t and H of every pair, in order."""
    places = [(*dataset.position_of(i), dataset.offset(i)) for i in range(len(dataset))]
    return hashlib.sha256(np.array(places, np.int64).tobytes()).hexdigest()


def motion_sight(params: FlowParams, shards: ShardSet, device: torch.device) -> MotionSight:
    """Get ready to see motion.

    Raises:
        CannotMeasureError: the parameters want no flow.
        ModuleNotFoundError: RAFT is wanted, and torchvision is not installed.
    """
    if params.estimator == "none":
        raise CannotMeasureError(
            "optical flow is switched off (`evaluation.flow.estimator: none`); choose `dis`"
        )
    estimator = build_estimator(params)
    return MotionSight(params=params, estimator=estimator, shards=shards.digest, device=device)
