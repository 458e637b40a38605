"""Samples that are pairs (t, t+H): which frames they are, and what became of the others."""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping

from lapa.data.loading.slots import SlotDataset
from lapa.data.shards.clip_table import Slots
from lapa.data.shards.reader import ClipReader
from lapa.records import PairCounts, PairSpec, total_pairs


class PairedDataset(SlotDataset, ABC):
    """A `SlotDataset` whose samples a `PairSpec` chose."""

    def __init__(
        self,
        *,
        reader: ClipReader,
        slots: Slots,
        spec: PairSpec,
        pair_counts: Mapping[str, PairCounts],
    ) -> None:
        one_per_episode = spec.policy == "one_per_episode"
        super().__init__(
            reader=reader, slots=slots, one_per_episode=one_per_episode, seed=spec.seed
        )
        self.spec = spec
        self.pair_counts = dict(pair_counts)
        """By dataset: what was dropped, and the pairs that were kept before `max_samples`."""

    @property
    def counts(self) -> dict[str, int]:
        """``frames``, ``tail``, ``short_episodes``, ``static`` and ``pairs`` of all datasets together."""
        return dict(total_pairs(self.pair_counts).model_dump())
