"""A label set from codes that are there already: nothing computes on devices, so one process writes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lapa.data.labels import finish_labels, write_sidecar
from lapa.data.shards.clip_table import load_clip_table
from lapa.data.shards.pair_index import valid_slots
from lapa.labeling.counts import pairs_of
from lapa.labeling.report import label_report, write_report
from lapa.records import LabelSet, PairSpec, ShardSet


def write_codes(
    folder: Path,
    codes: Mapping[str, NDArray[np.int16]],
    *,
    shards: ShardSet,
    pair_spec: PairSpec,
    codebook_size: int,
    **origin: Any,
) -> LabelSet:
    """Write a label file per shard, the report and, last, the record.

    Args:
        folder: of the label set.
        codes: split -> ``int16 (slot, code)``; what tail frames hold does not matter.
        shards: what is labelled.
        pair_spec: the pairs that have a code.
        codebook_size: K.
        origin: fields of `LabelSet` that say what made the codes.

    Raises:
        ValueError: a code lies outside ``[0, K)``, or K does not fit int16.
    """
    digests = {}
    for split in sorted(shards.splits):
        table = load_clip_table(shards, split)
        valid = valid_slots(table, pair_spec)
        own = np.where(valid[:, None], codes[split], np.int16(0))
        for shard, first, end in table.shard_slots():
            digests[shard] = write_sidecar(folder, shard, own[first:end], valid[first:end])
    record = finish_labels(
        folder,
        shard_set=shards,
        digests=digests,
        codebook_size=codebook_size,
        code_seq_len=next(iter(codes.values())).shape[1],
        pair_spec=pair_spec,
        pairs=pairs_of(shards, pair_spec),
        **origin,
    )
    write_report(folder, label_report(folder, record, shards))
    return record
