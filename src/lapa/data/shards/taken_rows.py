"""Which clips of its members a mixture takes, and what their datasets are called in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lapa.records import ClipFilter, ClipSelection, ShardSet


@dataclass(frozen=True, kw_only=True)
class ShardRows:
    """The index of one shard, or those of its rows that are taken."""

    name: str
    path: Path
    table: pa.Table
    row: NDArray[np.int64]
    """Number of each row in the whole index."""
    member: int
    """Which member of a mixture the shard belongs to."""

    def taken(self, mask: NDArray[np.bool_], member: int, names: dict[str, str]) -> ShardRows:
        """Keep the rows of ``mask``, under the names that their datasets have in the mixture."""
        table = self.table.filter(pa.array(mask))
        renamed = pa.array([names[name] for name in table["dataset"].to_pylist()], pa.string())
        place = table.schema.get_field_index("dataset")
        return replace(
            self,
            table=table.set_column(place, table.schema.field(place), renamed),
            row=self.row[mask],
            member=member,
        )


def taken_rows(shard_set: ShardSet, split: str, parts: Sequence[ShardRows]) -> list[ShardRows]:
    """What a mixture takes of each shard; all rows of a set with shards of its own."""
    if not shard_set.members:
        return list(parts)
    number = {member.dataset: i for i, member in enumerate(shard_set.members)}
    taken = []
    for name, own in groupby(parts, key=lambda part: part.name.partition("/")[0]):
        member = shard_set.members[number[name]]
        taken += take_of_member(list(own), member, split=split, number=number[name])
    return taken


def take_of_member(
    parts: Sequence[ShardRows], selection: ClipSelection, *, split: str, number: int
) -> list[ShardRows]:
    """What is taken of the shards of one member and split; shards of which nothing is are left out.

    Args:
        parts: all shards with a clip that is taken, and any others: those change nothing.
        selection: what is taken of the member.
        split: the limit on episodes is one of training; what is held out stays the same.
        number: of the member.
    """
    masks = [_passes(part.table, selection.filter) for part in parts]
    if split == "train" and selection.max_episodes is not None:
        masks = _first_episodes(parts, masks, selection.max_episodes)
    return [
        part.taken(mask, number, selection.names)
        for part, mask in zip(parts, masks, strict=True)
        if mask.any()
    ]


def _passes(table: pa.Table, wanted: ClipFilter) -> NDArray[np.bool_]:
    mask = np.ones(table.num_rows, bool)
    if wanted.datasets:
        mask &= _is_in(table["dataset"], wanted.datasets)
    if wanted.environments:
        mask &= _is_in(table["environment"], wanted.environments)
    if wanted.exclude_environments:
        mask &= ~_is_in(table["environment"], wanted.exclude_environments)
    if wanted.instructions:
        mask &= _holds(table["instruction"], wanted.instructions)
    if wanted.exclude_instructions:
        mask &= ~_holds(table["instruction"], wanted.exclude_instructions)
    return mask


def _is_in(column: pa.ChunkedArray, values: Iterable[str]) -> NDArray[np.bool_]:
    return np.asarray(pc.is_in(column, value_set=pa.array(values, pa.string())).to_numpy())


def _holds(column: pa.ChunkedArray, phrases: Iterable[str]) -> NDArray[np.bool_]:
    held = [pc.match_substring(column, phrase, ignore_case=True).to_numpy() for phrase in phrases]
    return np.asarray(np.logical_or.reduce(held), bool)


def _first_episodes(
    parts: Sequence[ShardRows], masks: Sequence[NDArray[np.bool_]], count: int
) -> list[NDArray[np.bool_]]:
    """Keep the ``count`` episodes whose names hash lowest: no other episode decides about one.

    So the choice stays when shards without a taken clip are no longer read.
    """
    order = [[_hash(dataset, episode) for dataset, episode in _episodes(part)] for part in parts]
    ranks = {
        rank
        for hashes, mask in zip(order, masks, strict=True)
        for rank, kept in zip(hashes, mask, strict=True)
        if kept
    }
    first = set(sorted(ranks)[:count])
    return [
        mask & np.array([rank in first for rank in hashes], bool)
        for hashes, mask in zip(order, masks, strict=True)
    ]


def _episodes(part: ShardRows) -> Iterable[tuple[str, str]]:
    columns = (part.table[name].to_pylist() for name in ("dataset", "episode_id"))
    return zip(*columns, strict=True)


def _hash(dataset: str, episode: str) -> bytes:
    return hashlib.sha256(f"{dataset}\0{episode}".encode()).digest()
