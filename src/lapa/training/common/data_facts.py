"""What a training reads, for its log and its record: how many samples, and what became of the others."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any, Self

from lapa.data.loading.paired import PairedDataset
from lapa.data.loading.slots import SlotDataset
from lapa.data.shards.pair_counts import log_pairs
from lapa.distributed.ranks import is_rank_zero
from lapa.records import PairCounts

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class DataFacts:
    """Fields of `lapa.records.Checkpoint` about its data, by name."""

    samples: dict[str, int] = field(default_factory=dict)
    pairs: dict[str, dict[str, PairCounts]] = field(default_factory=dict)

    @classmethod
    def of(cls, stage: str, **splits: SlotDataset | None) -> Self:
        """Take them from the datasets of ``splits`` (None: nothing is held out); rank zero logs them."""
        read = {split: dataset for split, dataset in splits.items() if dataset is not None}
        if is_rank_zero():
            for split, dataset in read.items():
                _log(stage, split, dataset)
        return cls(
            samples={split: len(dataset) for split, dataset in read.items()},
            pairs={
                split: dataset.pair_counts
                for split, dataset in read.items()
                if isinstance(dataset, PairedDataset)
            },
        )

    def facts(self) -> dict[str, Any]:
        """The fields by name."""
        return dict(vars(self))


def _log(stage: str, split: str, dataset: SlotDataset) -> None:
    if isinstance(dataset, PairedDataset):
        log_pairs(stage, split, dataset.pair_counts, used=len(dataset))
        return
    logger.info(
        "%s, %s: %d frames of %d episodes used", stage, split, len(dataset), dataset.num_episodes
    )
