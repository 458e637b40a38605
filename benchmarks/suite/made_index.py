"""The index of a shard set without its pictures: clips of 64 frames, three an episode, tars of holes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lapa.data.shards.index import SCHEMA, index_path
from lapa.data.shards.layout import BLOCK
from lapa.records import DatasetFacts, FrameCodec, ShardSet, Split

FRAMES, OVERLAP, PER_EPISODE, BYTES = 64, 5, 3, 60
"""Of a clip; clips of an episode; bytes of a frame."""
PER_SHARD = 999


def make_index(folder: Path, clips: int) -> ShardSet:
    """Write the indices of so many clips (rounded up to whole episodes) and return their record."""
    (folder / "train").mkdir(parents=True)
    episodes = -(-clips // PER_EPISODE)
    per_shard = PER_SHARD // PER_EPISODE
    names = []
    for first in range(0, episodes, per_shard):
        name = f"train/{first // per_shard:06d}.tar"
        _write(folder / name, first, min(per_shard, episodes - first))
        names.append(name)
    owned = PER_EPISODE * (FRAMES - OVERLAP) + OVERLAP
    return ShardSet(
        path=str(folder),
        codec=FrameCodec(image_size=64),
        max_horizon_s=1.0,
        datasets={"made_up": DatasetFacts(fps=5.0, episodes=episodes)},
        splits={
            "train": Split(
                shards=tuple(names),
                episodes=episodes,
                clips=episodes * PER_EPISODE,
                frames=episodes * owned,
            )
        },
        digest="made up",
    )


def _write(shard: Path, first: int, episodes: int) -> None:
    clips = episodes * PER_EPISODE
    size, stride = FRAMES * BYTES, BLOCK + FRAMES * BYTES + -FRAMES * BYTES % BLOCK
    episode, place = np.divmod(np.arange(clips), PER_EPISODE)
    columns = {
        "key": [f"made-up_0-{first + e:07d}_{p:07d}" for e, p in zip(episode, place, strict=True)],
        "dataset": ["made_up"] * clips,
        "episode_id": [f"episode-{first + e:07d}" for e in episode],
        "environment": ["nowhere"] * clips,
        "instruction": [f"do the {(first + e) % 500}th thing" for e in episode],
        "success": [None] * clips,
        "fps": np.full(clips, 5.0),
        "start_frame": place * (FRAMES - OVERLAP),
        "num_frames": np.full(clips, FRAMES),
        "owned_frames": np.where(place == PER_EPISODE - 1, FRAMES, FRAMES - OVERLAP),
        "episode_frames": np.full(clips, PER_EPISODE * (FRAMES - OVERLAP) + OVERLAP),
        "frames_offset": BLOCK + np.arange(clips) * stride,
        "frames_size": np.full(clips, size),
        "jpeg_offsets": pa.FixedSizeListArray.from_arrays(
            np.tile(np.arange(0, size + 1, BYTES, dtype=np.int32), clips), FRAMES + 1
        ).cast(pa.list_(pa.int32())),
        "hashes": pa.FixedSizeListArray.from_arrays(np.zeros(2 * clips, np.uint64), 2),
    }
    missing = {
        field.name: pa.array([b"" if field.type == pa.binary() else "" if field.type == pa.string() else 0] * clips, field.type)
        for field in SCHEMA
        if field.name not in columns
    }  # fmt: skip
    known = {
        name: pa.array(values, SCHEMA.field(name).type)
        if not isinstance(values, pa.Array)
        else values
        for name, values in columns.items()
    }
    arrays = [{**known, **missing}[name] for name in SCHEMA.names]
    pq.write_table(pa.Table.from_arrays(arrays, schema=SCHEMA), index_path(shard))
    with shard.open("wb") as file:
        file.truncate(clips * stride + 2 * BLOCK)
