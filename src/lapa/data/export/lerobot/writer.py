"""Writes episodes into a LeRobot v3.0 dataset, one at a time: memory stays flat."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lapa.data.episode import Episode
from lapa.data.export.lerobot import layout
from lapa.data.export.lerobot.video_stream import CODECS, VideoQuality, VideoStream
from lapa.data.statistics.moments import Moments

CHUNK_FRAMES = 32
"""Frames decoded at a time."""


class LeRobotWriter:
    """A dataset being written; `close` completes its metadata."""

    def __init__(
        self,
        folder: Path,
        *,
        fps: float,
        image_size: int,
        action_names: tuple[str, ...],
        state_names: tuple[str, ...],
        robot: str,
        quality: VideoQuality,
    ) -> None:
        codec, pixel_format, _ = CODECS[quality]
        camera = layout.video_feature(image_size, fps, codec.removeprefix("lib"), pixel_format)
        self._folder, self._fps, self._size = folder, fps, image_size
        self._robot, self._quality = robot, quality
        self._features = layout.features(camera=camera, action=action_names, state=state_names)
        self._schema = layout.data_schema(self._features)
        self._video: VideoStream | None = None
        self._data: pq.ParquetWriter | None = None
        self._data_path = folder
        self._video_file = self._data_file = -1
        self._tasks: dict[str, int] = {}
        self._episodes: list[dict[str, Any]] = []
        self._splits: dict[str, int] = {}
        self._moments: dict[str, Moments] = {}
        self._num_frames = 0

    def add(self, episode: Episode, split: str) -> None:
        """Append one episode.

        Raises:
            ValueError: it has another frame rate or other dimensions than the dataset.
        """
        self._require_same_shape(episode)
        task = self._tasks.setdefault(episode.instruction, len(self._tasks))
        data_file, columns = self._write_rows(episode, task)
        moments = {key: Moments.of(np.asarray(rows)) for key, rows in columns.items()}
        video_file, start, moments[layout.CAMERA] = self._write_frames(episode)
        self._list(
            episode, split, data_file=data_file, video_file=video_file, start=start, moments=moments
        )
        for key, found in moments.items():
            known = self._moments.get(key)
            self._moments[key] = found if known is None else known.merged(found)
        self._num_frames += episode.num_frames

    def close(self) -> None:
        """Finish the open files and write ``meta/``.

        Raises:
            ValueError: no episode was added.
        """
        if not self._episodes:
            raise ValueError(f"{self._folder}: no episode to export")
        self._close_video()
        self._close_data()
        stats = {key: self._stats(key, found) for key, found in self._moments.items()}
        layout.write_json(self._folder, "stats.json", stats)
        layout.write_json(self._folder, "info.json", self._info())
        layout.write_tasks(self._folder, list(self._tasks))
        layout.write_episodes(self._folder, self._episodes)

    def _require_same_shape(self, episode: Episode) -> None:
        for key, rows in (("action", episode.actions), ("observation.state", episode.states)):
            expected = self._features.get(key, {"shape": [0]})["shape"][0]
            found = 0 if rows is None else rows.shape[1]
            if found != expected:
                where = f"episode {episode.episode_id} of {episode.source}"
                raise ValueError(f"{where}: {key} has {found} dimensions, expected {expected}")
        if episode.fps != self._fps:
            raise ValueError(
                f"episode {episode.episode_id} of {episode.source} has {episode.fps} Hz, the others "
                f"{self._fps} Hz; a LeRobot dataset has one rate: ingest with `target_fps`"
            )

    def _write_rows(self, episode: Episode, task: int) -> tuple[int, dict[str, Any]]:
        """Write one row group; return the file's number and the columns as arrays."""
        count, first = episode.num_frames, self._num_frames
        columns = {
            "observation.state": episode.states,
            "action": episode.actions,
            "timestamp": (np.arange(count) / self._fps).astype(np.float32)[:, None],
            "frame_index": np.arange(count)[:, None],
            "episode_index": np.full((count, 1), len(self._episodes)),
            "index": np.arange(first, first + count)[:, None],
            "task_index": np.full((count, 1), task),
        }
        present = {key: rows for key, rows in columns.items() if rows is not None}
        arrays = [_column(present[field.name], field.type) for field in self._schema]
        self._open_data().write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        return self._data_file, present

    def _write_frames(self, episode: Episode) -> tuple[int, int, Moments]:
        """Encode the frames; return the file's number, its frame count before, and statistics."""
        stream = self._open_video()
        start, moments = stream.num_frames, None
        for begin in range(0, episode.num_frames, CHUNK_FRAMES):
            stop = min(begin + CHUNK_FRAMES, episode.num_frames)
            for frame in episode.frames(range(begin, stop)):
                stream.write(frame)
                found = Moments.of_frame(frame)
                moments = found if moments is None else moments.merged(found)
        if moments is None:
            raise ValueError(f"episode {episode.episode_id} of {episode.source} has no frames")
        return self._video_file, start, moments

    def _list(
        self,
        episode: Episode,
        split: str,
        *,
        data_file: int,
        video_file: int,
        start: int,
        moments: dict[str, Moments],
    ) -> None:
        data, video = layout.file_fields(data_file), layout.file_fields(video_file)
        camera = f"videos/{layout.CAMERA}"
        stats = {
            f"stats/{key}/{name}": value
            for key, found in moments.items()
            for name, value in self._stats(key, found).items()
        }
        self._episodes.append(
            {
                "episode_index": len(self._episodes),
                **{f"data/{key}": value for key, value in data.items()},
                "dataset_from_index": self._num_frames,
                "dataset_to_index": self._num_frames + episode.num_frames,
                **{f"{camera}/{key}": value for key, value in video.items()},
                f"{camera}/from_timestamp": start / self._fps,
                f"{camera}/to_timestamp": (start + episode.num_frames) / self._fps,
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

    def _stats(self, key: str, moments: Moments) -> dict[str, Any]:
        pixels = self._size**2 if key == layout.CAMERA else 0
        return moments.as_lerobot(pixels_per_frame=pixels)

    def _info(self) -> dict[str, Any]:
        ends = np.cumsum([0, *self._splits.values()]).tolist()
        whole = float(self._fps).is_integer()
        return {
            "codebase_version": "v3.0",
            "robot_type": self._robot,
            "total_episodes": len(self._episodes),
            "total_frames": self._num_frames,
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

    def _open_data(self) -> pq.ParquetWriter:
        """Return the data file to write to, a new one when the last is full."""
        if self._data is not None and _megabytes(self._data_path) >= layout.DATA_FILE_MB:
            self._close_data()
        if self._data is None:
            self._data_file += 1
            relative = layout.DATA_PATH.format(**layout.file_fields(self._data_file))
            self._data_path = self._folder / relative
            self._data_path.parent.mkdir(parents=True, exist_ok=True)
            self._data = pq.ParquetWriter(self._data_path, self._schema)
        return self._data

    def _open_video(self) -> VideoStream:
        """Return the video to write to, a new one when the last is full."""
        if self._video is not None and _megabytes(self._video.path) >= layout.VIDEO_FILE_MB:
            self._close_video()
        if self._video is None:
            self._video_file += 1
            fields = layout.file_fields(self._video_file)
            path = self._folder / layout.VIDEO_PATH.format(video_key=layout.CAMERA, **fields)
            self._video = VideoStream(path, fps=self._fps, size=self._size, quality=self._quality)
        return self._video

    def _close_data(self) -> None:
        if self._data is not None:
            self._data.close()
            self._data = None

    def _close_video(self) -> None:
        if self._video is not None:
            self._video.close()
            self._video = None


def _megabytes(path: Path) -> float:
    return path.stat().st_size / 2**20


def _column(rows: Any, kind: pa.DataType) -> pa.Array:
    return pa.array(rows.tolist() if pa.types.is_list(kind) else rows[:, 0], kind)
