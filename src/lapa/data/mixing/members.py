"""What one source gives to a mixture: its clips after the filter, counted by split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from lapa.data.mixing.filter_names import require_known_names
from lapa.data.shards.clip_table import read_shard_rows
from lapa.data.shards.taken_rows import ShardRows, take_of_member
from lapa.params.mixture import MixedSourceParams
from lapa.records import ClipSelection, ShardSet, Split


@dataclass(frozen=True, kw_only=True)
class MemberClips:
    """Clips of one shard set that a mixture takes."""

    splits: dict[str, Split]
    """Shards with the dataset's name in front; splits without a clip are left out."""
    hours: float
    """Of training video."""
    names: dict[str, str]
    """Dataset inside the set -> its name in the mixture."""
    used: tuple[str, ...]
    """Those of them that have a clip, by their names inside the set."""

    @property
    def train(self) -> Split:
        """What is trained on."""
        return self.splits["train"]


def clips_of_member(shards: ShardSet, source: MixedSourceParams) -> MemberClips:
    """Apply filter and limit to a shard set.

    Raises:
        ValueError: no training clip is left, or the filter names what is not there; what the set holds is
            listed.
    """
    names = names_in_mixture(shards, source.dataset)
    rows = {
        split: [read_shard_rows(shards, name) for name in facts.shards]
        for split, facts in shards.splits.items()
    }
    require_known_names(source, chain.from_iterable(rows.values()))
    chosen = ClipSelection(filter=source.filter, max_episodes=source.max_episodes, names=names)
    taken = {
        split: take_of_member(parts, chosen, split=split, number=0) for split, parts in rows.items()
    }
    if not taken.get("train"):
        raise ValueError(
            f"mixture source {source.dataset!r}: no training clip passes {source.filter!r}; {shards.path} "
            f"holds {_held(shards)}"
        )
    shown = {name for rows in taken.values() for part in rows for name in _datasets(part)}
    return MemberClips(
        splits={split: _split(rows, source.dataset) for split, rows in taken.items() if rows},
        hours=sum(_seconds(part) for part in taken["train"]) / 3600,
        names=names,
        used=tuple(name for name in names if names[name] in shown),
    )


def names_in_mixture(shards: ShardSet, dataset: str) -> dict[str, str]:
    """What the datasets of a set are called in a mixture: as the set, and where there are several by both."""
    several = len(shards.datasets) > 1
    return {name: f"{dataset}/{name}" if several else dataset for name in shards.datasets}


def _split(rows: Sequence[ShardRows], dataset: str) -> Split:
    episodes = {name for part in rows for name in _episodes(part)}
    return Split(
        shards=tuple(f"{dataset}/{part.name}" for part in rows),
        episodes=len(episodes),
        clips=sum(part.table.num_rows for part in rows),
        frames=sum(int(np.sum(part.table["owned_frames"].to_numpy())) for part in rows),
    )


def _episodes(part: ShardRows) -> set[tuple[str, str]]:
    columns = (part.table[name].to_pylist() for name in ("dataset", "episode_id"))
    return set(zip(*columns, strict=True))


def _datasets(part: ShardRows) -> set[str]:
    return set(part.table["dataset"].to_pylist())


def _seconds(part: ShardRows) -> float:
    frames, rates = (part.table[name].to_numpy() for name in ("owned_frames", "fps"))
    return float(np.sum(frames / rates))


def _held(shards: ShardSet) -> str:
    return ", ".join(
        f"{name}: {facts.episodes} episodes" for name, facts in shards.datasets.items()
    )
