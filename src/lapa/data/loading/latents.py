"""Frame t, its instruction and its latent action codes: what the foundation model learns from."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lapa.data.labels import load_codes
from lapa.data.loading.requirements import require_horizon
from lapa.data.loading.slots import SlotDataset, subset
from lapa.data.shards.clip_table import load_clip_table
from lapa.data.shards.pair_index import longest_recording, select_pairs
from lapa.data.shards.reader import ClipReader
from lapa.records import LabelSet, PairSpec, ShardSet


class LatentDataset(SlotDataset):
    """Items are `LatentBatch` rows; frame t+H is never read."""

    def __init__(
        self,
        *,
        reader: ClipReader,
        slots: NDArray[np.int64],
        codes: NDArray[np.int16],
        spec: PairSpec,
        counts: dict[str, int],
    ) -> None:
        one_per_episode = spec.policy == "one_per_episode"
        super().__init__(
            reader=reader, slots=slots, one_per_episode=one_per_episode, seed=spec.seed
        )
        self.codes = codes[slots].astype(np.int64)
        """``int64 (sample, code)``."""
        self.spec = spec
        self.counts = counts

    def read_into(self, images: NDArray[np.uint8], index: int) -> dict[str, Any]:
        """Decode frame t."""
        clip, frame = self.position_of(index)
        self.reader.decode_into(images, clip, frame)
        return {
            "instructions": self.table.texts["instruction"][clip],
            "latent_codes": self.codes[index],
            "sample_id": self.slots[index],
        }


def open_latents(
    shard_set: ShardSet, labels: LabelSet, split: str, *, max_samples: int | None = None
) -> LatentDataset:
    """Open the labelled frames of a split; tail frames and static pairs are left out.

    Raises:
        ValueError: the labels belong to other shards, or no labelled pair is left.
    """
    spec = labels.pair_spec
    require_horizon(shard_set, spec)
    table = load_clip_table(shard_set, split)
    codes, _ = load_codes(shard_set, labels, split, table=table)
    slots, counts = select_pairs(table, spec)
    if not len(slots):
        raise ValueError(
            f"split {split!r} of {shard_set.path} holds no labelled pair for {spec!r}: {counts}; "
            f"{longest_recording(table, spec)}; expected at least one pair"
        )
    return LatentDataset(
        reader=ClipReader(table, image_size=shard_set.image_size),
        slots=subset(slots, max_samples, seed=spec.seed, table=table),
        codes=codes,
        spec=spec,
        counts=counts,
    )
