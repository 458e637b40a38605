"""What a label set is like: how evenly codes and sequences are used, what was masked, its size."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from lapa.data.labels import read_sidecar, sidecar
from lapa.metrics.code_usage import entropy_bits, position_counts, sequence_counts
from lapa.records import LabelSet, ShardSet

REPORT = "labeling_report.json"


def label_report(folder: Path, record: LabelSet, shard_set: ShardSet) -> dict[str, Any]:
    """Read the label files of a set and describe them.

    Returns:
        JSON-able facts; entropies in bits beside their largest possible value.
    """
    names = [shard for split in shard_set.splits.values() for shard in split.shards]
    labels = [read_sidecar(folder, shard) for shard in names]
    codes = np.concatenate([codes[valid] for codes, valid in labels]).astype(np.int64)
    sequences = sequence_counts(codes)
    positions = position_counts(codes, codebook_size=record.codebook_size)
    return {
        "pairs": len(codes),
        "valid_pairs": record.valid_pairs,
        "masked_pairs": record.masked_pairs,
        "histogram": list(record.histogram),
        "histogram_per_position": positions.tolist(),
        "code_entropy_bits": entropy_bits(np.array(record.histogram)),
        "code_entropy_bits_at_most": float(np.log2(record.codebook_size)),
        "sequences_used": len(sequences),
        "sequences_possible": record.codebook_size**record.code_seq_len,
        "sequence_entropy_bits": entropy_bits(sequences),
        "sequence_entropy_bits_at_most": float(
            min(record.code_seq_len * np.log2(record.codebook_size), np.log2(max(1, len(codes))))
        ),
        "bytes": sum((folder / sidecar(shard)).stat().st_size for shard in names),
    }


def write_report(folder: Path, facts: dict[str, Any]) -> None:
    """Write the facts beside the labels."""
    (folder / REPORT).write_text(json.dumps(facts, indent=2) + "\n")
