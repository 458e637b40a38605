"""Several trainings one after the other on the same ranks: starting processes is what takes time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lapa.params.foundation.stage import FoundationParams
from lapa.records import Checkpoint, LabelSet, ShardSet
from lapa.training.foundation import fit


@dataclass(frozen=True)
class Training:
    """The arguments of one `fit`."""

    shards: ShardSet
    labels: LabelSet
    params: FoundationParams
    work: Path


def fit_all(trainings: list[Training]) -> list[Checkpoint]:
    """Every rank runs all of them."""
    return [fit(**vars(training)) for training in trainings]
