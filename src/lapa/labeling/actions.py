"""Labels that are the recorded actions themselves, in bins: what perfect latent actions would be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from lapa.data.loading.motion_stats import motion_stats
from lapa.data.loading.pairs import PairDataset, open_pairs
from lapa.labeling.write_codes import write_codes
from lapa.models.policy.action_codec import ActionCodec
from lapa.params.labeling import LabelingParams
from lapa.records import LabelSet, PairSpec, ShardSet


def label_actions(
    *, shards: ShardSet, pair_spec: PairSpec, params: LabelingParams, work: Path
) -> LabelSet:
    """Label every pair with what was done over H, a code per action dimension; images are not read.

    Args:
        shards: clips, all of them with actions that mean the same.
        pair_spec: which pairs.
        params: how many bins.
        work: folder to write to.

    Returns:
        The record; its folder is ``work/labels``.

    Raises:
        ValueError: clips have no actions, or differ in their dimension.
    """
    # labelled are static pairs too, so that a motion filter may act on reading
    every = pair_spec.model_copy(update={"min_motion": 0.0, "policy": "all"})
    pairs = {s: open_pairs(shards, s, every, with_actions=True) for s in sorted(shards.splits)}
    stats = motion_stats(
        pairs["train"], shards, datasets=sorted(shards.datasets), bins=params.action_bins
    )
    codec = ActionCodec(stats=stats)
    return write_codes(
        work / "labels",
        {split: _codes(own, codec) for split, own in pairs.items()},
        shards=shards,
        pair_spec=pair_spec,
        codebook_size=params.action_bins,
        made_by="true_actions",
        actions=stats,
        inputs={},
    )


def _codes(pairs: PairDataset, codec: ActionCodec) -> NDArray[np.int16]:
    """``int16 (slot, dimension)`` of a whole split."""
    codes = np.zeros((pairs.table.num_slots, codec.action_dim), np.int16)
    codes[pairs.slots] = codec.encode(torch.from_numpy(pairs.all_motions())).numpy()
    return codes
