"""The index of one split in memory: numpy arrays, small and safe to share with forked workers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from lapa.data.shards.bounds import require_fit
from lapa.data.shards.images import THUMBNAIL
from lapa.data.shards.index import SCHEMA, read_index
from lapa.data.shards.layout import COLUMNS, require_keys, require_shard_name
from lapa.data.shards.linked import is_at_hand
from lapa.data.shards.taken_rows import ShardRows, taken_rows
from lapa.records import SHARD_SCHEMA, ShardSet

_NUMBERS = (
    "start_frame",
    "num_frames",
    "owned_frames",
    "episode_frames",
    "action_dim",
    "state_dim",
    "fps",
    *(f"{member}_{field}" for member in COLUMNS.values() for field in ("offset", "size")),
)
Slots = NDArray[np.integer[Any]]
"""Slots, ascending, as narrow as they are made (`lapa.data.shards.pair_index.slots_where`)."""
_AT_A_TIME = 1 << 20
"""Slots looked up at a time: a million clips have 60 million, and numpy widens what it looks up."""
_HEAVY = {"thumbnails", "hashes", *(f"{member}_sha256" for member in COLUMNS.values())}


@dataclass(frozen=True)
class TextColumn:
    """A column of repeated texts: ``values[codes[i]]``."""

    values: tuple[str, ...]
    codes: NDArray[np.int32]

    def __getitem__(self, row: int) -> str:
        return self.values[int(self.codes[row])]


@dataclass(frozen=True, kw_only=True)
class ClipTable:
    """Every clip of one split in shard order; a *slot* is an owned frame, numbered throughout."""

    root: Path
    shards: tuple[str, ...]
    paths: tuple[Path, ...]
    """Where each shard lies; in a mixture below the folders of its members."""
    shard: NDArray[np.int32]
    """Shard number of each clip."""
    row: NDArray[np.int64]
    """Row of each clip in the index of its shard: a mixture may leave some out."""
    member: NDArray[np.int32]
    """Number of the mixture's member that each clip belongs to; 0 outside a mixture."""
    shares: tuple[float, ...]
    """Of a mixture: the share of an epoch that each member has; empty outside one."""
    numbers: dict[str, NDArray[Any]]
    """Numeric columns of the index."""
    keys: pa.ChunkedArray
    texts: dict[str, TextColumn]
    """``dataset``, ``environment``, ``instruction``, ``episode_id``."""
    episode: NDArray[np.int32]
    """Number of the episode within the split, in order of appearance."""
    slot_start: NDArray[np.int64]
    """First slot of each clip, and the number of slots at the end."""
    jpeg_borders: NDArray[np.int32]
    """Byte borders of the JPEGs of all clips, one after the other."""
    jpeg_start: NDArray[np.int64]
    """Where a clip's borders begin in ``jpeg_borders``."""

    def __len__(self) -> int:
        return len(self.shard)

    @property
    def num_slots(self) -> int:
        """Owned frames of the split: its distinct frames."""
        return int(self.slot_start[-1])

    def clips_of(self, slots: Slots) -> NDArray[np.int32]:
        """Return the clip that owns each slot."""
        clips = np.empty(len(slots), np.int32)
        for begin in range(0, len(slots), _AT_A_TIME):
            some = slice(begin, begin + _AT_A_TIME)
            clips[some] = np.searchsorted(self.slot_start, slots[some], side="right") - 1
        return clips

    def shard_slots(self) -> list[tuple[str, int, int]]:
        """Return ``(shard, first slot, end slot)`` for every shard of the split."""
        borders = np.searchsorted(self.shard, np.arange(len(self.shards) + 1))
        starts = self.slot_start[borders]
        return [(name, int(starts[i]), int(starts[i + 1])) for i, name in enumerate(self.shards)]

    def thumbnails(self, shard: int) -> list[NDArray[np.uint8]]:
        """Grey thumbnails ``uint8 (frame, 16, 16)`` of each clip of one shard."""
        column = read_index(self.paths[shard], columns=["thumbnails"])["thumbnails"]
        rows = self.row[slice(*np.searchsorted(self.shard, [shard, shard + 1]))]
        flat = (np.frombuffer(column[int(row)].as_py(), np.uint8) for row in rows)
        return [frames.reshape(-1, THUMBNAIL, THUMBNAIL) for frames in flat]


def load_clip_table(shard_set: ShardSet, split: str) -> ClipTable:
    """Read the indices of a split.

    Raises:
        KeyError: no such split.
        ValueError: the layout is another one, or an index does not hold what the record says.
        FileNotFoundError: an index or a tar is missing.
    """
    if shard_set.schema_version != SHARD_SCHEMA:
        raise ValueError(
            f"shard set {shard_set.path} has layout {shard_set.schema_version!r}, expected "
            f"{SHARD_SCHEMA!r}; ingest the sources again"
        )
    facts = shard_set.split(split)
    parts = [read_shard_rows(shard_set, name) for name in facts.shards]
    if not parts:
        raise ValueError(
            f"split {split!r} of {shard_set.path} holds no shard; change ingestion.split or ingest more"
        )
    table = _table(shard_set, taken_rows(shard_set, split, parts))
    if (len(table), table.num_slots) != (facts.clips, facts.frames):
        raise ValueError(
            f"split {split!r} of {shard_set.path}: the indices hold {len(table)} clips and {table.num_slots} "
            f"frames, the record says {facts.clips} and {facts.frames}; files were exchanged or lost"
        )
    return table


def read_shard_rows(shard_set: ShardSet, name: str) -> ShardRows:
    """Read the index of one shard; ``shard_set`` lists it.

    Raises:
        ValueError: its name leads elsewhere, or the index does not fit the tar.
        FileNotFoundError: it is missing.
    """
    shard = shard_set.shard_path(require_shard_name(name, members=shard_set.members))
    if not is_at_hand(shard):
        raise FileNotFoundError(
            f"{shard} is missing; the record lists it, so the shard set is damaged: ingest it again"
        )
    table = read_index(shard, columns=[name for name in SCHEMA.names if name not in _HEAVY])
    require_keys(table["key"], shard=name)
    require_fit(shard, table)
    return ShardRows(name=name, path=shard, table=table, row=np.arange(table.num_rows), member=0)


def _table(shard_set: ShardSet, parts: Sequence[ShardRows]) -> ClipTable:
    lengths = [part.table.num_rows for part in parts]
    joined = pa.concat_tables([part.table for part in parts])
    numbers = {name: joined[name].to_numpy() for name in _NUMBERS}
    texts = {
        name: _text_column(joined[name])
        for name in ("dataset", "environment", "instruction", "episode_id")
    }
    borders = joined["jpeg_offsets"].combine_chunks()
    return ClipTable(
        root=Path(shard_set.path),
        shards=tuple(part.name for part in parts),
        paths=tuple(part.path for part in parts),
        shard=np.repeat(np.arange(len(parts), dtype=np.int32), lengths),
        row=np.concatenate([part.row for part in parts]),
        member=np.repeat(np.array([part.member for part in parts], dtype=np.int32), lengths),
        shares=tuple(member.share for member in shard_set.members),
        numbers=numbers,
        keys=joined["key"],
        texts=texts,
        episode=_episode_numbers(texts["dataset"].codes, texts["episode_id"].codes),
        slot_start=np.concatenate([[0], np.cumsum(numbers["owned_frames"], dtype=np.int64)]),
        jpeg_borders=borders.flatten().to_numpy(),
        jpeg_start=np.concatenate(
            [[0], np.cumsum(pc.list_value_length(borders).to_numpy(), dtype=np.int64)]
        )[:-1],
    )


def _text_column(column: pa.ChunkedArray) -> TextColumn:
    encoded = column.combine_chunks().dictionary_encode()
    return TextColumn(tuple(encoded.dictionary.to_pylist()), encoded.indices.to_numpy())


def _episode_numbers(dataset: NDArray[Any], episode: NDArray[Any]) -> NDArray[np.int32]:
    changes = (np.diff(dataset) != 0) | (np.diff(episode) != 0)
    return np.concatenate([[0], np.cumsum(changes)]).astype(np.int32)
