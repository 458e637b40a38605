"""The codes of a split, refused where they belong to other shards or are not those of their record."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lapa.data.labels.shard_labels import read_sidecar, sidecar
from lapa.data.shards.clip_table import ClipTable, load_clip_table
from lapa.data.shards.pair_index import valid_slots
from lapa.records import LabelSet, ShardSet, digest_of, digest_of_file, require_same


def load_codes(
    shard_set: ShardSet, labels: LabelSet, split: str, *, table: ClipTable | None = None
) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """Read the labels of a split: ``codes int16 (slot, code)`` and ``valid bool (slot,)``.

    Raises:
        ValueError: the labels were made for other shards, do not fit them, or are not those that
            their record describes.
    """
    require_same(
        f"shard digest of the labels in {labels.path}",
        labels.shard_digest,
        shard_set.digest,
        remedy=f"these labels belong to other shards than {shard_set.path}: give the shard set that was labelled (a "
        "run labels data/03_primary/RUN/mixture), or label this one",
    )
    table = table or load_clip_table(shard_set, split)
    per_shard = [_checked(labels, shard, end - start) for shard, start, end in table.shard_slots()]
    codes, valid = (np.concatenate(parts) for parts in zip(*per_shard, strict=True))
    if not np.array_equal(valid, valid_slots(table, labels.pair_spec)):
        raise ValueError(
            f"labels in {labels.path} mask other tail pairs than {labels.pair_spec!r} says; label again"
        )
    require_recorded_labels(labels, shard_set)
    return codes, valid


def require_recorded_labels(labels: LabelSet, shard_set: ShardSet) -> None:
    """Take the SHA-256 of every label file again and compare with the record.

    Raises:
        ValueError: a byte was changed, or the files are those of another label set.
    """
    folder = Path(labels.path)
    shards = [shard for split in shard_set.splits.values() for shard in split.shards]
    if missing := [shard for shard in shards if not (folder / sidecar(shard)).is_file()]:
        read_sidecar(folder, missing[0])  # says what to do
    digests = {shard: digest_of_file(folder / sidecar(shard)) for shard in shards}
    require_same(
        f"digest of the label files in {labels.path}",
        digest_of(sorted(digests.items())),
        labels.digest,
        remedy="these are not the labels its record describes (damaged, or those of another arm): "
        "delete the folder and label again",
    )


def _checked(
    labels: LabelSet, shard: str, slots: int
) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    codes, valid = read_sidecar(Path(labels.path), shard)
    if codes.shape != (slots, labels.code_seq_len) or valid.shape != (slots,):
        raise ValueError(
            f"labels of {shard} have shapes {codes.shape} and {valid.shape}, expected "
            f"{(slots, labels.code_seq_len)} and {(slots,)}; label {labels.path} again"
        )
    return codes, valid
