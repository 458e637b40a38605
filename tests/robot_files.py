"""Writes tiny recordings in every robot format, for tests: known pixels, known actions.

Frame ``i`` of an episode is a flat grey of ``grey(episode, i)`` with a red left half, so that a
test can tell frames apart, and red from blue, after lossy coding.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import av
import h5py
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

CAMERA = "observation.images.front"


def gray(episode: int, frame: int) -> int:
    return 40 + 40 * (episode % 4) + 5 * frame


def pictures(episode: int, count: int, size: int = 32) -> np.ndarray:
    frames = np.zeros((count, size, size, 3), np.uint8)
    for frame in range(count):
        frames[frame] = gray(episode, frame)
        frames[frame, :, : size // 2, 0] = 200
    return frames


def assert_shows(frame: np.ndarray, episode: int, number: int) -> None:
    right = frame[:, frame.shape[1] // 2 + 2 :]
    left = frame[:, : frame.shape[1] // 2 - 2]
    assert abs(float(right.mean()) - gray(episode, number)) < 2.5
    assert left[..., 0].mean() > 180 > left[..., 2].mean()


def rows(episode: int, count: int, width: int) -> np.ndarray:
    return 100.0 * episode + np.arange(count)[:, None] + np.arange(width) / 10


def write_video(
    path: Path | Any,
    frames: np.ndarray,
    fps: int = 10,
    codec: str = "libx264",
    *,
    pix_fmt: str = "yuv420p",
    container: str = "mp4",
) -> None:
    target = str(path) if isinstance(path, Path) else path
    with av.open(target, "w", format=container) as file:
        options = {"crf": "12"} if codec == "libx264" else {}
        stream = file.add_stream(codec, rate=fps, options=options)
        stream.height, stream.width, stream.pix_fmt = *frames.shape[1:3], pix_fmt
        for frame in frames:
            file.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="rgb24")))
        file.mux(stream.encode(None))


def video_bytes(frames: np.ndarray, tmp: Path) -> bytes:
    path = tmp / "embedded.mp4"
    write_video(path, frames)
    return path.read_bytes()


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


def write_robonet(
    path: Path, *, frames: int = 6, actions: int | None = None, bgr: bool = False, **attributes: Any
) -> None:
    images = pictures(0, frames)
    data = video_bytes(images[..., ::-1] if bgr else images, path.parent)
    with h5py.File(path, "w") as file:
        for camera in ("cam0", "cam1"):
            stored = file.create_dataset(
                f"env/{camera}_video/frames", data=np.frombuffer(data, np.uint8)
            )
            stored.attrs["T"] = frames
            if bgr:
                stored.attrs["image_format"] = "BGR"
        file["env/state"] = rows(0, frames, 5)
        file["policy/actions"] = rows(0, frames - 1 if actions is None else actions, 4)
        known = {"robot": "sawyer", "background": "lab", "action_space": "x,y,z,theta"}
        file.create_group("metadata").attrs.update({**known, **attributes})


def write_robomimic(path: Path, lengths: list[int]) -> None:
    with h5py.File(path, "w") as file:
        data = file.create_group("data")
        data.attrs["env_args"] = json.dumps(
            {"env_name": "Lift", "env_kwargs": {"control_freq": 15}}
        )
        data.attrs["problem_info"] = json.dumps({"language_instruction": "open the drawer"})
        for number, count in enumerate(lengths):
            demo = data.create_group(f"demo_{number}")
            demo["actions"] = rows(number, count, 7)
            demo["obs/agentview_rgb"] = pictures(number, count)
            demo["obs/eye_in_hand_rgb"] = pictures(number, count)[:, ::-1]
            demo["obs/ee_pos"] = rows(number, count, 3)
            demo["obs/ee_ori"] = rows(number, count, 3)
            demo["obs/gripper_states"] = rows(number, count, 2)
            demo["rewards"] = np.eye(count, dtype=np.uint8)[-1]


def write_droid(
    folder: Path, name: str, *, frames: int = 5, states: int | None = None, **changes: Any
) -> None:
    """One 5 fps video with 15 Hz actions; a change of None removes the key."""
    raw = 3 * frames - 1
    contents = {
        "texts": ["", "stack the cups"],
        "success": 1,
        "videos": [{"video_path": f"videos/train/{name}/0.mp4"}, {"video_path": "../../x.mp4"}],
        "states": rows(0, frames if states is None else states, 7).tolist(),
        "action.cartesian_position": rows(0, raw, 6).tolist(),
        "action.gripper_position": np.linspace(0, 1, raw).tolist(),
        **changes,
    }
    contents = {key: value for key, value in contents.items() if value is not None}
    side = folder / "annotation/train" / f"{name}.json"
    side.parent.mkdir(parents=True, exist_ok=True)
    side.write_text(json.dumps(contents))
    video = folder / "videos/train" / name / "0.mp4"
    video.parent.mkdir(parents=True, exist_ok=True)
    write_video(video, pictures(0, frames), fps=5)
