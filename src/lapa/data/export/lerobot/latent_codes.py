"""Latent actions as a column of a LeRobot dataset, so that other projects' policies can learn them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lapa.data.export.shard_episodes import clips_of_episodes
from lapa.data.labels import load_codes
from lapa.data.loading.robot import NO_LABEL
from lapa.data.shards.clip_table import load_clip_table
from lapa.records import LabelSet, ShardSet

LATENT_ACTION: Final = "latent_action"
"""Name of the column. It begins neither with ``action`` nor with ``observation``, so a policy that does not ask
for it never gets it."""
FACTS_FILE: Final = "lapa.json"
"""Below ``meta/``: what the codes mean. ``info.json`` has no place for it."""


def codes_of_episodes(
    shard_set: ShardSet, labels: LabelSet, split: str, dataset: str
) -> Iterator[NDArray[np.int64]]:
    """Yield ``int64 (frame, code)`` of each episode, in the order of `shard_episodes`.

    Frames whose t+H lies behind the end of the episode hold `NO_LABEL`, which PyTorch's cross-entropy
    leaves out.

    Raises:
        ValueError: the labels belong to other shards, or are not those of their record.
    """
    table = load_clip_table(shard_set, split)
    codes, valid = load_codes(shard_set, labels, split, table=table)
    known = np.where(valid[:, None], codes.astype(np.int64), NO_LABEL)
    for clips in clips_of_episodes(table, dataset):
        slots = [np.arange(table.slot_start[c], table.slot_start[c + 1]) for c in clips]
        yield known[np.concatenate(slots)]


def facts_of_codes(labels: LabelSet) -> dict[str, Any]:
    """What a reader must know of the column: how many codes, over which time, and from where."""
    return {
        LATENT_ACTION: {
            "codebook_size": labels.codebook_size,
            "code_seq_len": labels.code_seq_len,
            "horizon_s": labels.pair_spec.horizon_s,
            "no_label": NO_LABEL,
            "made_by": labels.made_by,
            "inputs": labels.inputs,
            "labels": labels.digest,
        }
    }
