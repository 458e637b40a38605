"""LeRobot datasets of both layouts, two tasks, one camera."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from toys.known_frames import pictures, rows
from toys.videos import write_video

CAMERA = "observation.images.front"


def _features(extra: dict[str, Any]) -> dict[str, Any]:
    return {
        CAMERA: {"dtype": "video", "shape": [32, 32, 3], "names": ["height", "width", "channel"]},
        "action": {"dtype": "float64", "shape": [3], "names": {"axes": ["x", "y", "grip"]}},
        "observation.state": {"dtype": "float64", "shape": [2], "names": None},
        **extra,
    }


def write_info(folder: Path, version: str, episodes: int, **changes: Any) -> None:
    new = version.startswith("v3")
    place = "chunk-{chunk_index:03d}/file-{file_index:03d}"
    info = {
        "codebase_version": version,
        "fps": 10,
        "total_episodes": episodes,
        "splits": {"train": f"0:{episodes}"},
        "chunks_size": 1000,
        "data_path": f"data/{place}.parquet"
        if new
        else "data/chunk-{episode_chunk:03d}/episode_{episode_index:06d}.parquet",
        "video_path": f"videos/{{video_key}}/{place}.mp4"
        if new
        else "videos/chunk-{episode_chunk:03d}/{video_key}/episode_{episode_index:06d}.mp4",
        "features": _features(changes.pop("features", {})),
        **changes,
    }
    (folder / "meta").mkdir(parents=True, exist_ok=True)
    (folder / "meta" / "info.json").write_text(json.dumps(info))


def lerobot_table(episode: int, count: int, first_index: int = 0) -> pa.Table:
    return pa.table(
        {
            "action": rows(episode, count, 3).tolist(),
            "observation.state": rows(episode, count, 2).tolist(),
            "timestamp": [frame / 10 for frame in range(count)],
            "episode_index": [episode] * count,
            "index": list(range(first_index, first_index + count)),
            "task_index": [episode % 2] * count,
        }
    )


def write_lerobot_v2(
    folder: Path, lengths: list[int], *, version: str = "v2.1", **info: Any
) -> None:
    write_info(folder, version, len(lengths), **info)
    lines = [{"task_index": i, "task": text} for i, text in enumerate(("push it", "lift it"))]
    (folder / "meta" / "tasks.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    listed = []
    for episode, count in enumerate(lengths):
        listed.append({"episode_index": episode, "tasks": ["from the list"], "length": count})
        data = folder / "data/chunk-000" / f"episode_{episode:06d}.parquet"
        video = folder / "videos/chunk-000" / CAMERA / f"episode_{episode:06d}.mp4"
        data.parent.mkdir(parents=True, exist_ok=True)
        video.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(lerobot_table(episode, count), data)
        write_video(video, pictures(episode, count))
    (folder / "meta" / "episodes.jsonl").write_text("\n".join(json.dumps(line) for line in listed))


def write_lerobot_v3(folder: Path, files: list[list[int]], **info: Any) -> None:
    """``files[f]`` are the lengths of the episodes in data and video file ``f``."""
    write_info(folder, "v3.0", sum(map(len, files)), **info)
    tasks = pd.DataFrame({"task_index": [0, 1]}, index=["push it", "lift it"])
    tasks.to_parquet(folder / "meta" / "tasks.parquet")
    located, episode, index = [], 0, 0
    for file, lengths in enumerate(files):
        tables, frames, start = [], [], 0
        for count in lengths:
            tables.append(lerobot_table(episode, count, index))
            frames.append(pictures(episode, count))
            key = f"videos/{CAMERA}"
            located.append(
                {
                    "episode_index": episode,
                    "data/chunk_index": 0,
                    "data/file_index": file,
                    f"{key}/chunk_index": 0,
                    f"{key}/file_index": file,
                    f"{key}/from_timestamp": start / 10,
                    f"{key}/to_timestamp": (start + count) / 10,
                    "tasks": ["from the list"],
                    "length": count,
                    "stats/action/min": [0.0, 0.0, 0.0],
                }
            )
            episode, index, start = episode + 1, index + count, start + count
        data = folder / "data/chunk-000" / f"file-{file:03d}.parquet"
        video = folder / "videos" / CAMERA / "chunk-000" / f"file-{file:03d}.mp4"
        data.parent.mkdir(parents=True, exist_ok=True)
        video.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(pa.concat_tables(tables), data, row_group_size=lengths[0])
        write_video(video, np.concatenate(frames))
    listed = folder / "meta/episodes/chunk-000/file-000.parquet"
    listed.parent.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(located), listed)
