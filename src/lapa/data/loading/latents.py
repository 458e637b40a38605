"""Frame t, its instruction and its latent action codes: what the foundation model learns from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lapa.data.labels import load_codes
from lapa.data.loading.paired import PairedDataset
from lapa.data.loading.requirements import require_horizon, require_same_horizon
from lapa.data.loading.slots import subset
from lapa.data.shards.clip_table import Slots, load_clip_table
from lapa.data.shards.pair_counts import count_pairs
from lapa.data.shards.pair_index import longest_recording, select_pairs
from lapa.data.shards.reader import ClipReader
from lapa.records import LabelSet, PairCounts, PairSpec, ShardSet


class LatentDataset(PairedDataset):
    """Items are `LatentBatch` rows; frame t+H is never read."""

    def __init__(
        self,
        *,
        reader: ClipReader,
        slots: Slots,
        codes: NDArray[np.int16],
        spec: PairSpec,
        pair_counts: Mapping[str, PairCounts],
    ) -> None:
        super().__init__(reader=reader, slots=slots, spec=spec, pair_counts=pair_counts)
        self.codes = codes[slots]
        """``int16 (sample, code)``: a batch holds them as int64, all of them would take four times the memory."""

    def read_into(self, images: NDArray[np.uint8], index: int) -> dict[str, Any]:
        """Decode frame t."""
        clip, frame = self.position_of(index)
        self.reader.decode_into(images, clip, frame)
        return {
            "instructions": self.table.texts["instruction"][clip],
            "latent_codes": self.codes[index].astype(np.int64),
            "sample_id": self.sample_id(index),
        }


def open_latents(
    shard_set: ShardSet,
    labels: LabelSet,
    split: str,
    *,
    spec: PairSpec | None = None,
    max_samples: int | None = None,
) -> LatentDataset:
    """Open the labelled frames of a split; tail frames and static pairs are left out.

    Args:
        shard_set: the clips.
        labels: their codes.
        split: its name.
        spec: which of the labelled pairs to read; None: those that the labels' own spec chooses.
        max_samples: keep the first of an order seeded by ``spec.seed`` (nested: 10 holds 5).

    Raises:
        ValueError: the labels belong to other shards or another horizon, or no labelled pair is left.
    """
    spec = spec or labels.pair_spec
    require_same_horizon(labels, spec)
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
        pair_counts=count_pairs(table, spec, slots),
    )
