"""Names, features and metadata files of a LeRobot v3.0 dataset.

Layout: https://huggingface.co/docs/lerobot/lerobot-dataset-v3.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

CAMERA: Final = "observation.images.main"
"""Our shards hold one camera per episode."""

DATA_PATH: Final = "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
VIDEO_PATH: Final = "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4"
EPISODES_PATH: Final = "meta/episodes/chunk-000/file-000.parquet"
FILES_PER_CHUNK: Final = 1000
DATA_FILE_MB: Final = 100
VIDEO_FILE_MB: Final = 200

INDEX_COLUMNS: Final = {
    "timestamp": "float32",
    "frame_index": "int64",
    "episode_index": "int64",
    "index": "int64",
    "task_index": "int64",
}
"""Columns every LeRobot dataset has."""


def file_fields(number: int) -> dict[str, int]:
    """Return chunk and file index of the ``number``-th data or video file."""
    return {"chunk_index": number // FILES_PER_CHUNK, "file_index": number % FILES_PER_CHUNK}


def data_path(number: int) -> Path:
    """Return where the ``number``-th data file lies below the dataset."""
    return Path(DATA_PATH.format(**file_fields(number)))


def video_path(number: int) -> Path:
    """Return where the ``number``-th video file lies below the dataset."""
    return Path(VIDEO_PATH.format(video_key=CAMERA, **file_fields(number)))


def vector_feature(names: Sequence[str], dtype: str = "float32") -> dict[str, Any]:
    """Describe an action or state vector, or codes."""
    return {"dtype": dtype, "shape": [len(names)], "names": list(names)}


def video_feature(size: int, fps: float, codec: str, pixel_format: str) -> dict[str, Any]:
    """Describe the camera."""
    return {
        "dtype": "video",
        "shape": [size, size, 3],
        "names": ["height", "width", "channels"],
        "info": {
            "video.height": size,
            "video.width": size,
            "video.codec": codec,
            "video.pix_fmt": pixel_format,
            "video.is_depth_map": False,
            "video.fps": fps,
            "video.channels": 3,
            "has_audio": False,
        },
    }


def features(
    *,
    camera: Mapping[str, Any],
    action: Sequence[str],
    state: Sequence[str],
    codes: Mapping[str, Any],
) -> dict[str, Any]:
    """Return the ``features`` of ``info.json``; an empty name list leaves a vector out.

    Args:
        camera: `video_feature`.
        action: names of its dimensions.
        state: names of its dimensions.
        codes: columns of codes, described; may be empty.
    """
    vectors = {"observation.state": state, "action": action}
    listed = {key: vector_feature(names) for key, names in vectors.items() if names}
    index = {
        key: {"dtype": dtype, "shape": [1], "names": None} for key, dtype in INDEX_COLUMNS.items()
    }
    return {**listed, **codes, CAMERA: dict(camera), **index}


def data_schema(all_features: Mapping[str, Any]) -> pa.Schema:
    """Return the schema of the data files; vectors of one number are plain columns."""
    columns = []
    for key, feature in all_features.items():
        if feature["dtype"] == "video":
            continue
        scalar = pa.type_for_alias(feature["dtype"])
        columns.append((key, scalar if feature["shape"] == [1] else pa.list_(scalar)))
    return pa.schema(columns)


def write_tasks(folder: Path, tasks: Sequence[str]) -> None:
    """Write ``meta/tasks.parquet``: the text is the index of a pandas frame, as lerobot reads it."""
    frame = pd.DataFrame({"task_index": range(len(tasks))}, index=pd.Index(tasks, dtype=str))
    frame.to_parquet(folder / "meta" / "tasks.parquet")


def write_episodes(folder: Path, episodes: list[dict[str, Any]]) -> None:
    """Write the one table of episodes."""
    path = folder / EPISODES_PATH
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.Table.from_pylist(episodes), path)


def write_json(folder: Path, name: str, contents: Mapping[str, Any]) -> None:
    """Write a file of ``meta/``."""
    (folder / "meta").mkdir(parents=True, exist_ok=True)
    (folder / "meta" / name).write_text(json.dumps(contents, indent=4, ensure_ascii=False) + "\n")
