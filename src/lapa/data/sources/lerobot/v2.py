"""LeRobot v2.0 and v2.1: one parquet file and one mp4 per camera for each episode."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from lapa.data.bad_input import bad
from lapa.data.sources.lerobot.entry import EpisodeEntry, choose_camera, count_notes
from lapa.data.sources.lerobot.meta import LeRobotInfo, path_inside, read_jsonl

Listed = dict[int, tuple[tuple[str, ...], int | None]]
"""Tasks and claimed length by episode index."""


def list_v2(root: Path, info: LeRobotInfo, camera: str) -> Iterator[EpisodeEntry]:
    """Yield the episodes of a v2 dataset in index order: those listed and those merely there.

    Raises:
        BadInputError: neither ``episodes.jsonl`` nor data files, or no usable camera.
    """
    listed = _read_episode_list(root)
    indices = sorted(listed.keys() | set(_data_files(root)))
    if not indices:
        raise bad("no_episodes", "neither meta/episodes.jsonl nor data/**/episode_*.parquet")

    def first_file(key: str) -> Path | None:
        if info.features[key].dtype == "image":
            return path_inside(root, info.data_path, _fields(info, indices[0]))
        folders = {video_file(root, info, index, key).parent for index in indices}
        return next((path for folder in sorted(folders) for path in sorted(folder.glob("*"))), None)

    chosen = choose_camera(info, first_file, camera)
    is_video = info.features[chosen.camera].dtype == "video"
    notes = chosen.absent + count_notes(info, len(indices))
    for index in indices:
        tasks, length = listed.get(index, ((), None))
        unlisted = (f"episode {index} is not in episodes.jsonl",) if index not in listed else ()
        yield EpisodeEntry(
            index=index,
            table=path_inside(root, info.data_path, _fields(info, index)),
            shares_table=False,
            video=video_file(root, info, index, chosen.camera) if is_video else None,
            camera=chosen.camera,
            start_s=0.0,
            tasks=tasks,
            length=length,
            notes=notes + unlisted,
            dataset_notes=chosen.depth,
        )


def video_file(root: Path, info: LeRobotInfo, index: int, camera: str) -> Path:
    """Return where the mp4 of one episode and camera should be.

    Raises:
        BadInputError: ``info.json`` has no usable ``video_path``.
    """
    if info.video_path is None:
        raise bad("broken_info", f"camera {camera} is video, but info.json has no video_path")
    return path_inside(root, info.video_path, {**_fields(info, index), "video_key": camera})


def _fields(info: LeRobotInfo, index: int) -> dict[str, int | str]:
    return {"episode_chunk": index // info.chunks_size, "episode_index": index}


def _read_episode_list(root: Path) -> Listed:
    path = root / "meta" / "episodes.jsonl"
    if not path.exists():
        return {}
    listed: Listed = {}
    for line in read_jsonl(path):
        index = line.get("episode_index")
        if not isinstance(index, int) or index < 0:
            raise bad("missing_columns", f"episodes.jsonl: {line} has no valid episode_index")
        if index in listed:
            raise bad("duplicate_episode", f"episodes.jsonl lists episode {index} twice")
        length = line.get("length")
        tasks = tuple(str(task) for task in line.get("tasks") or ())
        listed[index] = (tasks, length if isinstance(length, int) else None)
    return listed


def _data_files(root: Path) -> Iterator[int]:
    for path in root.glob("data/**/episode_*.parquet"):
        if match := re.fullmatch(r"episode_(\d+)", path.stem):
            yield int(match[1])
