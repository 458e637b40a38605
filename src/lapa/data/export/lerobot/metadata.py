"""What ``meta/`` of a LeRobot dataset says, gathered while its episodes are written."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from lapa.data.episode import Episode
from lapa.data.export.lerobot import layout
from lapa.data.statistics.moments import Moments


class DatasetMetadata:
    """Tasks, episodes, splits and statistics of the dataset so far."""

    def __init__(
        self, features: Mapping[str, Any], *, fps: float, image_size: int, robot: str
    ) -> None:
        self._features, self._fps, self._robot = features, fps, robot
        self._pixels_per_frame = image_size**2
        self._tasks: dict[str, int] = {}
        self._episodes: list[dict[str, Any]] = []
        self._splits: dict[str, int] = {}
        self._moments: dict[str, Moments] = {}
        self.num_frames = 0

    @property
    def num_episodes(self) -> int:
        """Episodes added."""
        return len(self._episodes)

    def task_index(self, instruction: str) -> int:
        """Return the number of an instruction, a new one where it is new."""
        return self._tasks.setdefault(instruction, len(self._tasks))

    def add(
        self,
        episode: Episode,
        split: str,
        *,
        data_file: int,
        video_file: int,
        video_start: int,
        moments: Mapping[str, Moments],
    ) -> None:
        """Add one episode: in which files it lies, from which frame of its video, its statistics."""
        data, video = layout.file_fields(data_file), layout.file_fields(video_file)
        camera = f"videos/{layout.CAMERA}"
        stats = {
            f"stats/{key}/{name}": value
            for key, summary in moments.items()
            for name, value in self._stats(key, summary).items()
        }
        self._episodes.append(
            {
                "episode_index": len(self._episodes),
                **{f"data/{key}": value for key, value in data.items()},
                "dataset_from_index": self.num_frames,
                "dataset_to_index": self.num_frames + episode.num_frames,
                **{f"{camera}/{key}": value for key, value in video.items()},
                f"{camera}/from_timestamp": video_start / self._fps,
                f"{camera}/to_timestamp": (video_start + episode.num_frames) / self._fps,
                "tasks": [episode.instruction],
                "length": episode.num_frames,
                **stats,
                "meta/episodes/chunk_index": 0,
                "meta/episodes/file_index": 0,
                "lapa/episode_id": episode.episode_id,
                "lapa/environment": episode.environment,
                "lapa/success": episode.success,
                "lapa/split": split,
            }
        )
        self._splits[split] = self._splits.get(split, 0) + 1
        for key, summary in moments.items():
            earlier = self._moments.get(key)
            self._moments[key] = summary if earlier is None else earlier.merged(summary)
        self.num_frames += episode.num_frames

    def write(self, folder: Path) -> None:
        """Write ``meta/``."""
        stats = {key: self._stats(key, summary) for key, summary in self._moments.items()}
        layout.write_json(folder, "stats.json", stats)
        layout.write_json(folder, "info.json", self._info())
        layout.write_tasks(folder, list(self._tasks))
        layout.write_episodes(folder, self._episodes)

    def _stats(self, key: str, moments: Moments) -> dict[str, Any]:
        """Return LeRobot's entry; pictures nest their channels and count frames, not pixels."""
        rows = {
            "min": moments.minimum,
            "max": moments.maximum,
            "mean": moments.mean,
            "std": moments.std,
        }
        if key != layout.CAMERA:
            plain = {name: values.tolist() for name, values in rows.items()}
            return {**plain, "count": [moments.count]}
        nested = {name: values[:, None, None].tolist() for name, values in rows.items()}
        return {**nested, "count": [moments.count // self._pixels_per_frame]}

    def _info(self) -> dict[str, Any]:
        ends = np.cumsum([0, *self._splits.values()]).tolist()
        whole = float(self._fps).is_integer()
        return {
            "codebase_version": "v3.0",
            "robot_type": self._robot,
            "total_episodes": len(self._episodes),
            "total_frames": self.num_frames,
            "total_tasks": len(self._tasks),
            "chunks_size": layout.FILES_PER_CHUNK,
            "data_files_size_in_mb": layout.DATA_FILE_MB,
            "video_files_size_in_mb": layout.VIDEO_FILE_MB,
            "fps": int(self._fps) if whole else self._fps,
            "splits": {
                split: f"{first}:{last}"
                for split, first, last in zip(self._splits, ends[:-1], ends[1:], strict=True)
            },
            "data_path": layout.DATA_PATH,
            "video_path": layout.VIDEO_PATH,
            "features": self._features,
        }
