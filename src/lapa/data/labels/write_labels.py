"""A label set is complete when every shard has its codes: counted, recorded, the record last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from lapa.data.labels.shard_labels import read_sidecar, require_codes_fit
from lapa.records import (
    ActionStats,
    LabelMaker,
    LabelSet,
    PairCounts,
    PairSpec,
    ShardSet,
    digest_of,
)


def finish_labels(
    folder: Path,
    *,
    shard_set: ShardSet,
    digests: Mapping[str, str],
    inputs: Mapping[str, str],
    codebook_size: int,
    code_seq_len: int,
    pair_spec: PairSpec,
    pairs: Mapping[str, Mapping[str, PairCounts]] = MappingProxyType({}),
    made_by: LabelMaker = "quantizer",
    actions: ActionStats | None = None,
) -> LabelSet:
    """Count the written labels, write ``record.json`` last and return it.

    Args:
        folder: the label set.
        shard_set: what was labelled.
        digests: SHA-256 of every sidecar, by shard name (`write_sidecar` returns it).
        inputs: digest of every artefact behind the codes, by name: ``laq`` and ``codebook`` of a quantiser.
        codebook_size: K.
        code_seq_len: S.
        pair_spec: the pairs that were labelled.
        pairs: split -> dataset -> what became of its frames.
        made_by: what made the codes.
        actions: of codes that are actions, their statistics and bins.

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
        made_by=made_by,
        inputs=dict(inputs),
        actions=actions,
        codebook_size=codebook_size,
        code_seq_len=code_seq_len,
        pair_spec=pair_spec,
        pairs={split: dict(counts) for split, counts in pairs.items()},
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
