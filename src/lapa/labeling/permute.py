"""Control labels: the codes of a label set, each given to another pair of the same split and dataset."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lapa.data.labels import load_codes
from lapa.data.shards.clip_table import ClipTable, load_clip_table
from lapa.labeling.write_codes import write_codes
from lapa.records import LabelSet, ShardSet


def permute_labels(*, shards: ShardSet, labels: LabelSet, seed: int, work: Path) -> LabelSet:
    """Permute the codes over the pairs that have some; how often each is used stays as it is.

    Args:
        shards: the clips.
        labels: their codes.
        seed: of the permutation.
        work: folder to write to.

    Returns:
        The record; its folder is ``work/labels``.

    Raises:
        ValueError: the labels belong to other shards.
    """
    codes = {}
    for number, split in enumerate(sorted(shards.splits)):
        table = load_clip_table(shards, split)
        own, valid = load_codes(shards, labels, split, table=table)
        codes[split] = permuted_codes(own, valid, table, seed=[seed, number])
    return write_codes(
        work / "labels",
        codes,
        shards=shards,
        pair_spec=labels.pair_spec,
        codebook_size=labels.codebook_size,
        made_by="permutation",
        inputs={**labels.inputs, "labels": labels.digest},
        actions=labels.actions,
    )


def permuted_codes(
    codes: NDArray[np.int16], valid: NDArray[np.bool_], table: ClipTable, *, seed: list[int]
) -> NDArray[np.int16]:
    """``int16 (slot, code)``: whole sequences change places, inside their dataset."""
    datasets = np.repeat(table.texts["dataset"].codes, table.numbers["owned_frames"])
    permuted = codes.copy()
    for dataset in np.unique(datasets):
        pairs = np.flatnonzero(valid & (datasets == dataset))
        order = np.random.default_rng([*seed, int(dataset)]).permutation(pairs)
        permuted[pairs] = codes[order]
    return permuted
