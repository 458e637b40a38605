"""What data must offer before anything is trained on it: a long enough overlap, one vector, one horizon."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lapa.data.shards.clip_table import ClipTable
from lapa.records import LabelSet, PairSpec, ShardSet, require_same


def require_horizon(shard_set: ShardSet, spec: PairSpec) -> None:
    """Refuse a horizon that the clips were not cut for.

    Raises:
        ValueError: it is longer than ``max_horizon_s``.
    """
    if spec.horizon_s > shard_set.max_horizon_s + 1e-9:
        raise ValueError(
            f"horizon of {spec.horizon_s} s, but the clips of {shard_set.path} overlap by "
            f"{shard_set.max_horizon_s} s; ingest again with a larger `max_horizon_s`"
        )


def require_same_horizon(labels: LabelSet, spec: PairSpec) -> None:
    """Refuse labels of pairs with another horizon; the motion filter may differ, codes do not depend on it.

    Raises:
        ValueError: it is another one.
    """
    require_same(
        f"horizon of the labels in {labels.path}",
        labels.pair_spec.horizon_s,
        spec.horizon_s,
        remedy="train with the labels' horizon (horizon_s), or label again",
    )


def require_one_dimension(table: ClipTable, clips: NDArray[np.integer[Any]], member: str) -> int:
    """Return the one action (state) dimension of these clips.

    Raises:
        ValueError: a clip has none, or clips differ.
    """
    dims, first = np.unique(table.numbers[f"{member}_dim"][clips], return_index=True)
    if len(dims) != 1 or dims[0] == 0:
        dims_by_dataset = {
            table.texts["dataset"][clips[i]]: int(dim) for dim, i in zip(dims, first, strict=True)
        }
        raise ValueError(
            f"{table.root}: found {member} dimensions {dims_by_dataset} (0 = none), expected the same one "
            f"everywhere; keep one dataset (for a policy: finetune.dataset) or ask for no {member}s"
        )
    return int(dims[0])
