"""Which datasets of a shard set a policy learns its actions from."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.data.shards.clip_table import ClipTable
from lapa.records import ShardSet

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class LabeledDataset:
    """One dataset of a split that has actions."""

    name: str
    action_dim: int
    frames: int
    """Frames with an action, those that overlapping clips share counted once."""
    episodes: int

    def __str__(self) -> str:
        return (
            f"{self.name!r} ({self.action_dim} action dimensions, {self.episodes} episodes, "
            f"{self.frames} frames)"
        )


def labeled_datasets(table: ClipTable) -> list[LabeledDataset]:
    """Return the datasets of a split with actions, most frames first; action-free video is no part."""
    names, numbers = table.texts["dataset"], table.numbers
    datasets = []
    for code, name in enumerate(names.values):
        clips = np.flatnonzero((names.codes == code) & (numbers["action_dim"] > 0))
        if len(clips):
            datasets.append(
                LabeledDataset(
                    name=name,
                    action_dim=int(numbers["action_dim"][clips].max()),
                    frames=int(numbers["owned_frames"][clips].sum()),
                    episodes=len(np.unique(table.episode[clips])),
                )
            )
    return sorted(datasets, key=lambda dataset: (-dataset.frames, dataset.name))


def choose_datasets(shards: ShardSet, table: ClipTable, wanted: str | None) -> tuple[str, ...]:
    """Return the datasets to learn actions from.

    The one asked for; else all that have actions, if these mean the same (number, names, units, and
    whether they are differences or targets); else the one with the most labelled frames.

    Raises:
        ValueError: none has actions, or none is called ``wanted``; the message lists those there are.
    """
    labeled = labeled_datasets(table)
    listed = ", ".join(map(str, labeled)) or "none"
    if not labeled or (wanted is not None and wanted not in {dataset.name for dataset in labeled}):
        asked = "a dataset" if wanted is None else f"the dataset {wanted!r} (finetune.dataset)"
        raise ValueError(
            f"{table.root}: expected {asked} with actions, found {listed}; set finetune.dataset to a robot's "
            "(NAME, or NAME/INNER of a set that holds several), or to null to end with the backbone"
        )
    if wanted is not None:
        return (wanted,)
    kinds = {action_kind(shards, dataset.name, dataset.action_dim) for dataset in labeled}
    if len(kinds) == 1:
        return tuple(sorted(dataset.name for dataset in labeled))
    logger.warning(
        "%s holds %d kinds of actions: %s. Learning those of %r, which has the most frames; name "
        "another one as finetune.dataset (NAME/INNER)",
        table.root,
        len(kinds),
        listed,
        labeled[0].name,
    )
    return (labeled[0].name,)


def action_kind(shards: ShardSet, dataset: str, action_dim: int) -> tuple[object, ...]:
    """What datasets must share for their actions to mean the same: number, names, units, meaning."""
    facts = shards.datasets.get(dataset)
    described = () if facts is None else (facts.action_names, facts.action_units, facts.actions_are)
    return (action_dim, *described)


def clips_with_actions(table: ClipTable) -> NDArray[np.bool_]:
    """Tell for every clip whether it has actions."""
    return np.asarray(table.numbers["action_dim"] > 0)
