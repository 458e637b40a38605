"""Latent action codes beside a shard set: one safetensors file per shard, a row per owned frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from lapa.data.shards.clip_table import ClipTable, load_clip_table
from lapa.data.shards.pair_index import valid_slots
from lapa.folders.file_mode import follow_umask
from lapa.records import LabelSet, PairSpec, ShardSet, digest_of, digest_of_file, require_same

LARGEST_CODEBOOK = int(np.iinfo(np.int16).max) + 1
"""Codes are stored as int16 from 0 on."""


def sidecar(shard: str) -> str:
    """Return the label file of a shard: ``train/000012.tar`` to ``train/000012.safetensors``."""
    return str(Path(shard).with_suffix(".safetensors"))


def require_codes_fit(codebook_size: int) -> None:
    """Refuse a codebook whose codes would wrap around on disk, or that has but one.

    Raises:
        ValueError: it has fewer than two or more than `LARGEST_CODEBOOK` entries.
    """
    if codebook_size < 2:
        raise ValueError(
            f"codebook_size is {codebook_size}, expected at least 2: the latent actions of this "
            "quantiser are vectors, not codes; label with another one"
        )
    if codebook_size > LARGEST_CODEBOOK:
        raise ValueError(
            f"codebook_size is {codebook_size}, expected at most {LARGEST_CODEBOOK}: labels are "
            "stored as int16; train a quantiser with fewer entries"
        )


def write_sidecar(
    folder: Path, shard: str, codes: NDArray[np.int16], valid: NDArray[np.bool_]
) -> str:
    """Write the labels of one shard, whole or not at all, and return the file's SHA-256.

    Args:
        folder: the label set.
        shard: name of the tar, relative to its shard set.
        codes: ``int16 (slot, code)``, one row per owned frame in index order.
        valid: ``bool (slot,)``; False where t+H lies beyond the episode.

    Raises:
        TypeError: the codes are not int16; cast them after `require_codes_fit`.
    """
    if codes.dtype != np.int16:
        raise TypeError(
            f"codes of {shard} are {codes.dtype}, expected int16; cast them after require_codes_fit"
        )
    path = folder / sidecar(shard)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    save_file({"codes": np.ascontiguousarray(codes), "valid": np.ascontiguousarray(valid)}, partial)
    follow_umask(partial)
    partial.replace(path)
    return digest_of_file(path)


def read_sidecar(folder: Path, shard: str) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """Read ``codes int16 (slot, code)`` and ``valid bool (slot,)`` of one shard.

    Raises:
        FileNotFoundError: the shard has no labels.
        ValueError: the file is damaged.
    """
    path = folder / sidecar(shard)
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing: shard {shard} has no labels; label it again")
    try:
        arrays = load_file(path)
        return arrays["codes"], arrays["valid"]
    except (SafetensorError, KeyError) as error:
        raise ValueError(f"{path} is damaged ({error}); expected `codes` and `valid`") from error


def finish_labels(
    folder: Path,
    *,
    shard_set: ShardSet,
    digests: Mapping[str, str],
    laq_digest: str,
    codebook_digest: str,
    codebook_size: int,
    code_seq_len: int,
    pair_spec: PairSpec,
) -> LabelSet:
    """Count the written labels, write ``record.json`` last and return it.

    Args:
        folder: the label set.
        shard_set: what was labelled.
        digests: SHA-256 of every sidecar, by shard name (`write_sidecar` returns it).
        laq_digest: digest of the quantiser's weights.
        codebook_digest: digest of its codebook.
        codebook_size: K.
        code_seq_len: S.
        pair_spec: the pairs that were labelled.

    Raises:
        ValueError: a shard has no digest, a code lies outside ``[0, K)``, or K does not fit int16.
    """
    require_codes_fit(codebook_size)
    valid_pairs: Counter[str] = Counter()
    masked_pairs: Counter[str] = Counter()
    histogram = np.zeros(codebook_size, np.int64)
    for split, facts in shard_set.splits.items():
        for shard in facts.shards:
            if shard not in digests:
                raise ValueError(
                    f"shard {shard} of {shard_set.path} was not labelled; label all of them"
                )
            codes, valid = read_sidecar(folder, shard)
            histogram += _histogram(codes[valid], codebook_size, shard)
            valid_pairs[split] += int(valid.sum())
            masked_pairs[split] += int((~valid).sum())
    record = LabelSet(
        path=str(folder),
        shard_digest=shard_set.digest,
        laq_digest=laq_digest,
        codebook_digest=codebook_digest,
        codebook_size=codebook_size,
        code_seq_len=code_seq_len,
        pair_spec=pair_spec,
        valid_pairs=dict(valid_pairs),
        masked_pairs=dict(masked_pairs),
        histogram=tuple(histogram.tolist()),
        digest=digest_of(sorted(digests.items())),
    )
    record.write(folder)
    return record


def _histogram(codes: NDArray[np.int16], size: int, shard: str) -> NDArray[np.int64]:
    if codes.size and not 0 <= codes.min() <= codes.max() < size:
        raise ValueError(
            f"labels of {shard} hold codes {codes.min()} to {codes.max()}, expected 0 to {size - 1}"
        )
    return np.bincount(codes.reshape(-1), minlength=size)


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
        remedy=f"these labels belong to other shards; label {shard_set.path} again",
    )
    table = table or load_clip_table(shard_set, split)
    found = [_checked(labels, shard, end - start) for shard, start, end in table.shard_slots()]
    codes, valid = (np.concatenate(parts) for parts in zip(*found, strict=True))
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
