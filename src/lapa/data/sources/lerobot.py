"""LeRobot datasets v2.0, v2.1 and v3.0 as episodes, without the lerobot package.

Row ``i`` of an episode belongs to the ``i``-th frame of its video (v3: counted from
``from_timestamp``): the order is what recorders agree on, while timestamps start at 0 in some
datasets and one frame later in others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from lapa.data.bad_input import BadInputError, Report, bad, naming, raise_bad, read_each
from lapa.data.episode import Episode, FrameReader
from lapa.data.jpeg import MAX_PIXELS
from lapa.data.sources.found_video import found_video
from lapa.data.sources.lerobot_entry import EpisodeEntry
from lapa.data.sources.lerobot_images import TableImages
from lapa.data.sources.lerobot_instruction import instruction_columns, instruction_of
from lapa.data.sources.lerobot_meta import LeRobotInfo, dimension_names, read_info, read_tasks
from lapa.data.sources.lerobot_table import EpisodeTable, rows_of_lists
from lapa.data.sources.lerobot_v2 import list_v2
from lapa.data.sources.lerobot_v3 import list_v3
from lapa.data.sources.rows import ExtraFrame, Rows, align_rows, float_rows
from lapa.data.video_frames import VideoFrames

Lister = Callable[[Path, LeRobotInfo, str], Iterator[EpisodeEntry]]

LAYOUTS: dict[int, Lister] = {2: list_v2, 3: list_v3}
"""How episodes are found, by major version."""

SUCCESS = "next.success"
"""True in the row where the task was done."""


def open_lerobot(
    path: Path,
    *,
    report: Report = raise_bad,
    name: str = "",
    camera: str = "",
    action_column: str = "action",
    state_column: str = "observation.state",
    instruction_column: str = "",
    fps: float | None = None,
    extra_frame: ExtraFrame = "drop",
    max_pixels: int = MAX_PIXELS,
) -> Iterator[Episode]:
    """Yield the episodes of the dataset at ``path``, or of every dataset below it.

    Args:
        path: folder with ``meta/info.json``, or a folder of such folders.
        report: receives datasets and episodes that cannot be used.
        name: dataset name of the episodes; the dataset's folder when empty.
        camera: e.g. ``cam_high`` or ``observation.images.cam_high``; when empty the first of
            ``info.json`` that has files.
        action_column: where actions are; read if ``info.json`` lists it, required then.
        state_column: where states are; the same.
        instruction_column: text or task index per row; when empty the first
            ``annotation.*task_description``, else ``task_index``, else the episode's first task.
        fps: control rate in Hz, instead of the one in ``info.json``.
        extra_frame: what happens to a last frame without a row.
        max_pixels: largest image decoded.
    """
    roots = _dataset_folders(path)
    if not roots:
        report(bad("missing_info", f"no meta/info.json at or below {path}", item=str(path)).record)
    for root in roots:
        prefix = "" if root == path else f"{root.relative_to(path).as_posix()}/"
        source = name or root.name
        try:
            with naming(source, str(root)):
                info = read_info(root)
                reader = _EpisodeReader(
                    source=source,
                    prefix=prefix,
                    info=info,
                    tasks=read_tasks(root),
                    action_column=action_column,
                    state_column=state_column,
                    instruction_column=instruction_column,
                    fps=fps or info.fps,
                    extra_frame=extra_frame,
                    max_pixels=max_pixels,
                )
        except BadInputError as error:
            report(error.record)
            continue
        entries = _listed(LAYOUTS[info.major_version](root, info, camera), source, root, report)
        yield from read_each(entries, reader.read, report)


def _dataset_folders(path: Path) -> list[Path]:
    if (path / "meta" / "info.json").is_file():  # spares walking its hundred thousand videos
        return [path]
    return sorted(info.parent.parent for info in path.glob("**/meta/info.json"))


def _listed(
    entries: Iterator[EpisodeEntry], source: str, root: Path, report: Report
) -> Iterator[EpisodeEntry]:
    """Pass entries on; a broken episode list goes to ``report`` and ends this dataset only."""
    try:
        with naming(source, str(root)):
            yield from entries
    except BadInputError as error:
        report(error.record)


@dataclass(kw_only=True)
class _EpisodeReader:
    """Turns located episodes of one dataset into `Episode`s; keeps the last parquet file open."""

    source: str
    prefix: str
    """Put before the episode id where several datasets are read together."""
    info: LeRobotInfo
    tasks: dict[int, str]
    action_column: str
    state_column: str
    instruction_column: str
    fps: float
    extra_frame: ExtraFrame
    max_pixels: int
    _table: EpisodeTable | None = None

    def read(self, entry: EpisodeEntry) -> Episode:
        """Read one episode.

        Raises:
            BadInputError: naming the episode.
        """
        episode_id = f"{self.prefix}episode_{entry.index:06d}"
        with naming(self.source, episode_id):
            return self._episode(entry, episode_id)

    def _episode(self, entry: EpisodeEntry, episode_id: str) -> Episode:
        table = self._open(entry.table)
        texts = instruction_columns(table, self.instruction_column)
        rows = table.read(
            entry.index if entry.shares_table else None, [*self._value_columns(table), *texts]
        )
        actions, states = self._rows(rows, self.action_column), self._rows(rows, self.state_column)
        reader, num_frames = self._frames(entry, rows.num_rows, episode_id)
        aligned = align_rows(num_frames, actions, states, extra_frame=self.extra_frame)
        instruction, text_notes = instruction_of(rows, texts, self.tasks, entry.tasks)
        return Episode(
            source=self.source,
            episode_id=episode_id,
            num_frames=aligned.num_frames,
            fps=self.fps,
            read_frames=reader(aligned.num_frames),
            instruction=instruction,
            actions=aligned.actions,
            action_names=self._names(self.action_column, actions),
            states=aligned.states,
            state_names=self._names(self.state_column, states),
            success=_success(rows),
            provenance={
                "file": str(entry.table),
                "video": None if entry.video is None else str(entry.video),
                "camera": entry.camera,
                "version": self.info.codebase_version,
                "robot": self.info.robot_type,
                "notes": [*entry.notes, *_length_note(entry, rows), *aligned.notes, *text_notes],
            },
        )

    def _clock(self, header_fps: float) -> float:
        """Return the rate that ``from_timestamp`` counts in.

        Recorders compute it from the rate in ``info.json``; a header's average is off by a little
        in concatenated files, which adds up over an hour. A really different header wins.
        """
        promised = self.info.fps
        is_same = header_fps == 0 or abs(header_fps - promised) < 0.01 * promised
        return promised if is_same else header_fps

    def _open(self, path: Path) -> EpisodeTable:
        if self._table is None or self._table.path != path:
            self._table = EpisodeTable(path)
        return self._table

    def _value_columns(self, table: EpisodeTable) -> list[str]:
        """Return the columns to read: those promised by ``info.json`` and those merely there."""
        promised = [
            column
            for column in (self.action_column, self.state_column)
            if column in self.info.features or column in table.columns
        ]
        return promised + [SUCCESS] * (SUCCESS in table.columns)

    def _rows(self, rows: pa.Table, column: str) -> Rows | None:
        if column not in rows.column_names:
            return None
        return float_rows(rows_of_lists(rows[column], column), column)

    def _names(self, column: str, rows: Rows | None) -> tuple[str, ...]:
        return () if rows is None else dimension_names(self.info, column, rows.shape[1])

    def _frames(
        self, entry: EpisodeEntry, num_rows: int, episode_id: str
    ) -> tuple[Callable[[int], FrameReader], int]:
        """Return how to make the frame reader for a number of frames, and how many there are."""
        if entry.video is None:
            number = entry.index if entry.shares_table else None
            images = (entry.table, entry.camera, number)
            return (
                lambda count: TableImages(*images, count, self.source, episode_id, self.max_pixels),
                num_rows,
            )
        path, limit = entry.video, self.max_pixels
        video = found_video(path, max_pixels=limit)
        first = round(entry.start_s * self._clock(video.fps))
        left = video.num_frames - first
        # in a shared file the next episode begins right behind, so its frames are not ours
        available = min(left, num_rows) if entry.shares_table else left
        return (
            lambda count: VideoFrames(path, count, first, self.source, limit),
            available,
        )


def _success(rows: pa.Table) -> bool | None:
    if SUCCESS not in rows.column_names:
        return None
    return any(bool(value) for value in rows[SUCCESS].to_pylist())


def _length_note(entry: EpisodeEntry, rows: pa.Table) -> tuple[str, ...]:
    if entry.length in (None, rows.num_rows):
        return ()
    return (f"the episode list says {entry.length} frames, the table has {rows.num_rows} rows",)
