"""Which datasets' actions are looked at: the largest group that agrees, or those of a policy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lapa.data.loading.labeled_datasets import action_kind
from lapa.data.shards.clip_table import load_clip_table
from lapa.evaluation.analyses import CannotMeasureError
from lapa.records import ActionStats, ShardSet


@dataclass(frozen=True, kw_only=True)
class ProbedDatasets:
    """The datasets whose actions are probed together."""

    names: tuple[str, ...]
    everything: bool
    """Whether these are all datasets of the split."""


def choose_probed_datasets(
    shards: ShardSet, split: str, *, among: Sequence[str] | None = None
) -> ProbedDatasets:
    """Choose the datasets with most frames whose actions mean the same.

    Args:
        shards: the clips.
        split: its name.
        among: look at these datasets alone; None looks at all.

    Raises:
        CannotMeasureError: no dataset of the split has actions.
    """
    frames = {
        (dataset, width): count
        for (dataset, width), count in frames_by_width(shards, split).items()
        if among is None or dataset in among
    }
    groups: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for (dataset, width), _ in frames.items():
        if width:
            groups[action_kind(shards, dataset, width)].append(dataset)
    if not groups:
        raise CannotMeasureError("the held-out episodes have no actions")
    sizes = {key: sum(frames[name, int(str(key[0]))] for name in groups[key]) for key in groups}
    best = max(sizes, key=lambda key: sizes[key])
    chosen = tuple(sorted(groups[best]))
    every = {name for name, _ in frames}
    return ProbedDatasets(names=chosen, everything=every == set(chosen))


def frames_by_width(shards: ShardSet, split: str) -> dict[tuple[str, int], int]:
    """Frames by dataset and action width (0: no actions)."""
    table = load_clip_table(shards, split)
    known, widths = table.texts["dataset"], table.numbers["action_dim"]
    kinds, group = np.unique(np.stack([known.codes, widths], axis=1), axis=0, return_inverse=True)
    frames = np.bincount(group.ravel(), weights=table.numbers["owned_frames"])
    return {
        (known.values[int(name)], int(width)): int(count)
        for (name, width), count in zip(kinds, frames, strict=True)
    }


def datasets_of_policy(shards: ShardSet, split: str, stats: ActionStats) -> tuple[str, ...]:
    """The held-out datasets that a policy was trained on; of older policies those of its width.

    Raises:
        CannotMeasureError: the split holds no such dataset.
    """
    width = len(stats.dimensions)
    matching = [
        dataset
        for dataset, dim in frames_by_width(shards, split)
        if dim == width and (not stats.datasets or dataset in stats.datasets)
    ]
    if not matching:
        raise CannotMeasureError(f"no held-out episode has the policy's {width} action dimensions")
    return tuple(sorted(matching))
