"""Writes episodes into a LeRobot v3.0 dataset, one at a time: memory stays flat."""

from __future__ import annotations

from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from einops import rearrange
from numpy.typing import NDArray

from lapa.data.episode import Episode, Frames
from lapa.data.export.lerobot import layout
from lapa.data.export.lerobot.latent_codes import LATENT_ACTION
from lapa.data.export.lerobot.metadata import DatasetMetadata
from lapa.data.export.lerobot.rolling_files import RollingFiles
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
        code_seq_len: int = 0,
    ) -> None:
        codec, pixel_format, _ = CODECS[quality]
        camera = layout.video_feature(image_size, fps, codec.removeprefix("lib"), pixel_format)
        self._folder, self._fps = folder, fps
        self._features = layout.features(
            camera=camera, action=action_names, state=state_names, codes=_code_feature(code_seq_len)
        )
        self._schema = layout.data_schema(self._features)
        self._metadata = DatasetMetadata(
            self._features, fps=fps, image_size=image_size, robot=robot
        )
        self._data: RollingFiles[pq.ParquetWriter] = RollingFiles(
            limit_mb=layout.DATA_FILE_MB,
            path_of=lambda number: folder / layout.data_path(number),
            open_file=lambda path: pq.ParquetWriter(path, self._schema),
        )
        self._videos = RollingFiles(
            limit_mb=layout.VIDEO_FILE_MB,
            path_of=lambda number: folder / layout.video_path(number),
            open_file=lambda path: VideoStream(path, fps=fps, size=image_size, quality=quality),
        )

    def add(self, episode: Episode, split: str, codes: NDArray[np.int64] | None = None) -> None:
        """Append one episode.

        Args:
            episode: its frames are decoded a few at a time.
            split: which it belongs to.
            codes: ``int64 (frame, code)``, where the dataset has such a column.

        Raises:
            ValueError: it has another frame rate or other dimensions than the dataset, or no frames.
        """
        self._require_same_shape(episode)
        columns = self._write_rows(episode, codes)
        # codes are names, not amounts: they have no mean
        moments = {key: Moments.of(rows) for key, rows in columns.items() if key != LATENT_ACTION}
        video_start, moments[layout.CAMERA] = self._write_frames(episode)
        self._metadata.add(
            episode,
            split,
            data_file=self._data.number,
            video_file=self._videos.number,
            video_start=video_start,
            moments=moments,
        )

    def close(self) -> None:
        """Finish the open files and write ``meta/``.

        Raises:
            ValueError: no episode was added.
        """
        if not self._metadata.num_episodes:
            raise ValueError(f"{self._folder}: no episode to export")
        self._videos.close()
        self._data.close()
        self._metadata.write(self._folder)

    def _require_same_shape(self, episode: Episode) -> None:
        where = f"episode {episode.episode_id} of {episode.source}"
        for key, rows in (("action", episode.actions), ("observation.state", episode.states)):
            expected = self._features.get(key, {"shape": [0]})["shape"][0]
            width = 0 if rows is None else rows.shape[1]
            if width != expected:
                raise ValueError(f"{where}: {key} has {width} dimensions, expected {expected}")
        if episode.fps != self._fps:
            raise ValueError(
                f"{where} has {episode.fps} Hz, the others {self._fps} Hz; a LeRobot dataset has one "
                "rate: ingest with `target_fps`"
            )
        if not episode.num_frames:
            raise ValueError(f"{where} has no frames")

    def _write_rows(
        self, episode: Episode, codes: NDArray[np.int64] | None
    ) -> dict[str, NDArray[Any]]:
        """Write one row group; return its columns, ``(frame, dimension)`` each."""
        metadata, count = self._metadata, episode.num_frames
        columns = {
            "observation.state": episode.states,
            "action": episode.actions,
            LATENT_ACTION: codes,
            "timestamp": (np.arange(count) / self._fps).astype(np.float32)[:, None],
            "frame_index": np.arange(count)[:, None],
            "episode_index": np.full((count, 1), metadata.num_episodes),
            "index": np.arange(metadata.num_frames, metadata.num_frames + count)[:, None],
            "task_index": np.full((count, 1), metadata.task_index(episode.instruction)),
        }
        present = {key: rows for key, rows in columns.items() if rows is not None}
        arrays = [_column(present[field.name], field.type) for field in self._schema]
        self._data.current().write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        return present

    def _write_frames(self, episode: Episode) -> tuple[int, Moments]:
        """Encode the frames; return how many its video held before, and their statistics."""
        stream = self._videos.current()
        start, moments = stream.num_frames, []
        for begin in range(0, episode.num_frames, CHUNK_FRAMES):
            stop = min(begin + CHUNK_FRAMES, episode.num_frames)
            for frame in episode.frames(range(begin, stop)):
                stream.write(frame)
                moments.append(Moments.of(_pixels(frame)))
        return start, reduce(Moments.merged, moments)


def _pixels(frame: Frames) -> NDArray[np.float64]:
    """Return the pixels of one frame, ``float64 (pixel, 3)`` of [0, 1]."""
    return np.asarray(rearrange(frame, "height width channel -> (height width) channel") / 255)


def _code_feature(code_seq_len: int) -> dict[str, Any]:
    """Describe the column of latent actions; no entry where there are no codes."""
    names = [f"code_{number}" for number in range(code_seq_len)]
    return {LATENT_ACTION: layout.vector_feature(names, "int64")} if names else {}


def _column(rows: NDArray[Any], kind: pa.DataType) -> pa.Array:
    return pa.array(rows.tolist() if pa.types.is_list(kind) else rows[:, 0], kind)
