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
    shard: NDArray[np.int32]
    """Shard number of each clip."""
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

    def clips_of(self, slots: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the clip that owns each slot."""
        return np.searchsorted(self.slot_start, slots, side="right") - 1

    def frames_of(self, slots: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the position of each slot's frame inside its clip."""
        clips = self.clips_of(slots)
        return np.asarray(slots - self.slot_start[clips])

    def shard_slots(self) -> list[tuple[str, int, int]]:
        """Return ``(shard, first slot, end slot)`` for every shard of the split."""
        borders = np.searchsorted(self.shard, np.arange(len(self.shards) + 1))
        starts = self.slot_start[borders]
        return [(name, int(starts[i]), int(starts[i + 1])) for i, name in enumerate(self.shards)]

    def thumbnails(self, shard: int) -> list[NDArray[np.uint8]]:
        """Grey thumbnails ``uint8 (frame, 16, 16)`` of each clip of one shard."""
        column = read_index(self.root / self.shards[shard], columns=["thumbnails"])["thumbnails"]
        flat = (np.frombuffer(value.as_py(), np.uint8) for value in column)
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
    root = Path(shard_set.path)
    columns = [name for name in SCHEMA.names if name not in _HEAVY]
    tables = [_read_shard(root, name, columns) for name in facts.shards]
    if not tables:
        raise ValueError(
            f"split {split!r} of {root} holds no shard; change ingestion.split or ingest more"
        )
    table = _table(root, facts.shards, tables)
    if (len(table), table.num_slots) != (facts.clips, facts.frames):
        raise ValueError(
            f"split {split!r} of {root}: the indices hold {len(table)} clips and {table.num_slots} "
            f"frames, the record says {facts.clips} and {facts.frames}; files were exchanged or lost"
        )
    return table


def _read_shard(root: Path, name: str, columns: list[str]) -> pa.Table:
    shard = root / require_shard_name(name)
    if not shard.is_file():
        raise FileNotFoundError(
            f"{shard} is missing; the record lists it, so the shard set is damaged: ingest it again"
        )
    table = read_index(shard, columns=columns)
    require_keys(table["key"].to_pylist(), shard=name)
    require_fit(shard, table)
    return table


def _table(root: Path, shards: Sequence[str], tables: list[pa.Table]) -> ClipTable:
    lengths = [table.num_rows for table in tables]
    joined = pa.concat_tables(tables)
    numbers = {name: joined[name].to_numpy() for name in _NUMBERS}
    texts = {
        name: _text_column(joined[name])
        for name in ("dataset", "environment", "instruction", "episode_id")
    }
    borders = joined["jpeg_offsets"].combine_chunks()
    return ClipTable(
        root=root,
        shards=tuple(shards),
        shard=np.repeat(np.arange(len(shards), dtype=np.int32), lengths),
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
