"""Every kind of real recording becomes a shard set that holds exactly what the raw files hold.

The expected counts come from the raw files alone: tfrecord framing, parquet columns, HDF5 shapes
and video packets, without any adapter.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import av
import h5py
import pyarrow.parquet as pq
import pytest

from lapa.data.ingest import ingest
from lapa.data.shards.clip_table import load_clip_table
from lapa.data.shards.reader import ClipReader
from lapa.data.shards.verify import verify
from lapa.params.ingestion import IngestionParams, SourceParams
from lapa.records import ShardSet

pytestmark = pytest.mark.reference_data


@dataclass(frozen=True)
class Counts:
    """What a set of recordings holds."""

    episodes: int
    frames: int
    action_rows: int
    """Frames that carry an action."""


def tfrecord_counts(folder: Path) -> Counts:
    """Walk the framing and measure the packed actions of each record, one per frame."""
    lengths = []
    for path in folder.rglob("*.tfrecord*"):
        data, position = path.read_bytes(), 0
        while position < len(data):
            (size,) = struct.unpack_from("<Q", data, position)
            lengths.append(action_floats(data[position + 12 : position + 12 + size]) // 7)
            position += 12 + size + 4
    return Counts(len(lengths), sum(lengths), sum(lengths))


def action_floats(record: bytes) -> int:
    """Number of floats under the key ``steps/action`` (both datasets have seven per step)."""
    key = b"steps/action"
    start = record.index(bytes([0x0A, len(key)]) + key + b"\x12") + len(key) + 3
    size, position = varint(record, start)  # Feature
    assert record[position] == 0x12  # float_list
    size, position = varint(record, position + 1)
    assert record[position] == 0x0A  # packed values
    size, _ = varint(record, position + 1)
    assert size % (7 * 4) == 0
    return size // 4


def varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[position]
        value |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:
            return value, position


def lerobot_counts(folder: Path) -> Counts:
    tables = [
        pq.read_table(path, columns=["episode_index", "action"])
        for path in folder.rglob("data/**/*.parquet")
    ]
    episodes = {index for table in tables for index in table["episode_index"].to_pylist()}
    actions = sum(len(table) - table["action"].null_count for table in tables)
    frames = sum(packets(path) for path in folder.rglob("*.mp4"))
    return Counts(len(episodes), frames, actions)


def robonet_counts(folder: Path) -> Counts:
    """The last frame has no action; it is left out."""
    lengths = []
    for path in folder.glob("*.hdf5"):
        with h5py.File(path) as file:
            frames, rows = len(file["env/state"]), len(file["policy/actions"])
            assert file["env/cam0_video/frames"].attrs["T"] == frames
        assert frames - rows in (0, 1)
        lengths.append(rows)
    return Counts(len(lengths), sum(lengths), sum(lengths))


def droid_counts(folder: Path) -> Counts:
    """One row of states per frame; a surplus last frame of the video is left out."""
    frames = rows = 0
    side_files = list(folder.glob("*/annotation/*/*.json"))
    for path in side_files:
        side = json.loads(path.read_text())
        held = packets(path.parents[2] / side["videos"][0]["video_path"])
        assert held - len(side["states"]) in (0, 1)
        frames += len(side["states"])
        rows += -(-len(side.get("action.gripper_position", ())) // 3)
    return Counts(len(side_files), frames, rows)


def video_counts(folder: Path) -> Counts:
    videos = list(folder.rglob("*.mp4"))
    return Counts(len(videos), sum(map(packets, videos)), 0)


def packets(path: Path) -> int:
    with av.open(str(path)) as container:
        return sum(1 for packet in container.demux(video=0) if packet.size)


def shard_counts(shard_set: ShardSet) -> Counts:
    """Count what training would see: owned frames of the index, and action rows in the tars."""
    frames = rows = 0
    episodes = set()
    for split in shard_set.splits:
        table = load_clip_table(shard_set, split)
        reader = ClipReader(table, image_size=shard_set.image_size)
        names = table.texts["dataset"], table.texts["episode_id"]
        for clip, owned in enumerate(table.numbers["owned_frames"].tolist()):
            episodes.add(tuple(name[clip] for name in names))
            frames += owned
            if table.numbers["action_dim"][clip]:
                rows += len(reader.array(clip, "actions")[:owned])
    return Counts(len(episodes), frames, rows)


@pytest.mark.parametrize(
    ("kind", "folder", "expected"),
    [
        ("rlds", "bridge_rlds", tfrecord_counts),
        ("rlds", "droid_rlds_tfds", tfrecord_counts),
        ("lerobot", "g1_real_lerobot_v30", lerobot_counts),
        ("lerobot", "gr1_sim_lerobot_v20", lerobot_counts),
        ("hdf5", "robonet_hdf5", robonet_counts),
        ("video_with_arrays", "droid_mp4_json", droid_counts),
        ("video_folder", "rt1_moto_mp4", video_counts),
        ("video_folder", "simpler_real_mp4", video_counts),
        ("video_folder", "human_mp4", video_counts),
    ],
)
def test_counts_equal_those_of_the_raw_files(
    reference_data: Path,
    tmp_path: Path,
    kind: str,
    folder: str,
    expected: Callable[[Path], Counts],
) -> None:
    raw = reference_data / "data" / folder
    params = IngestionParams(image_size=64, max_horizon_s=1.0, workers=1)
    source = SourceParams(kind=kind, path=str(raw))
    shard_set = ingest(sources=[source], params=params, out=tmp_path / "shards")
    assert shard_counts(shard_set) == expected(raw)
    assert verify(shard_set) == []
    report = json.loads((tmp_path / "shards" / "ingestion_report.json").read_text())
    assert report["skipped"]["items"] == []
    assert sum(facts["frames"] for facts in report["sources"].values()) == expected(raw).frames
