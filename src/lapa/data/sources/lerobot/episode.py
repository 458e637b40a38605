"""Turns the located episodes of one LeRobot dataset into `Episode`s."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from lapa.data.bad_input import naming
from lapa.data.episode import Episode, FrameReader
from lapa.data.media.video_frames import VideoFrames
from lapa.data.sources.base.action_meaning import meaning_word
from lapa.data.sources.base.named_video import open_named_video
from lapa.data.sources.base.rows import ExtraFrame, align_rows
from lapa.data.sources.lerobot.columns import unused_notes
from lapa.data.sources.lerobot.entry import EpisodeEntry
from lapa.data.sources.lerobot.images import TableImages
from lapa.data.sources.lerobot.instruction import instruction_columns, instruction_of
from lapa.data.sources.lerobot.meta import LeRobotInfo
from lapa.data.sources.lerobot.table import EpisodeTable
from lapa.data.sources.lerobot.values import SUCCESS, ActionsAndStates, ValueColumns, success_of


@dataclass(kw_only=True)
class EpisodeReader:
    """Reads the episodes of one dataset; keeps the last parquet file open."""

    source: str
    prefix: str
    """Put before the episode id where several datasets are read together."""
    info: LeRobotInfo
    tasks: dict[int, str]
    values: ActionsAndStates
    instruction_column: str
    fps: float
    extra_frame: ExtraFrame
    max_pixels: int
    _table: EpisodeTable | None = None
    _said: dict[str, int] = field(default_factory=dict)
    """Notes on the dataset, and the episode that brings each: the first that was read."""

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
        columns = self.values.columns(table)
        flags = [SUCCESS] if SUCCESS in table.columns else []
        used = list(dict.fromkeys([*columns[0], *columns[1], *flags, *texts]))
        rows = table.read(entry.index if entry.shares_table else None, used)
        actions, states = (self.values.joined(rows, group) for group in columns)
        actions_are = self.values.actions_are(actions)
        reader, num_frames = self._frames(entry, rows.num_rows, episode_id)
        aligned = align_rows(
            num_frames,
            None if actions is None else actions.rows,
            None if states is None else states.rows,
            extra_frame=self.extra_frame,
        )
        instruction, text_notes = instruction_of(rows, texts, self.tasks, entry.tasks)
        return Episode(
            source=self.source,
            episode_id=episode_id,
            num_frames=aligned.num_frames,
            fps=self.fps,
            read_frames=reader(aligned.num_frames),
            instruction=instruction,
            actions=aligned.actions,
            action_names=() if actions is None else actions.names,
            action_units=self.values.action_units(actions),
            actions_are=actions_are,
            states=aligned.states,
            state_names=() if states is None else states.names,
            success=success_of(rows),
            provenance={
                "file": str(entry.table),
                "video": None if entry.video is None else str(entry.video),
                "camera": entry.camera,
                "version": self.info.codebase_version,
                "robot": self.info.robot_type,
                "actions_are": meaning_word(actions_are),
                "notes": [
                    *entry.notes,
                    *_length_note(entry, rows),
                    *aligned.notes,
                    *text_notes,
                    *self._news(entry, table, columns, used),
                ],
            },
        )

    def _news(
        self, entry: EpisodeEntry, table: EpisodeTable, columns: ValueColumns, used: Sequence[str]
    ) -> list[str]:
        """Return notes on the dataset, once: what is joined, what actions are, what nobody uses."""
        joined = [
            f"joined in this order: {', '.join(group)}" for group in columns if len(group) > 1
        ]
        word, known_by = meaning_word(self.values.meaning.actions_are), self.values.meaning.known_by
        meaning = [f"actions are {word}, {known_by}"] if columns[0] else []
        taken, noted = [*used, entry.camera], " ".join([*entry.notes, *entry.dataset_notes])
        unused = unused_notes(self.info, table.columns, taken, noted)
        notes = dict.fromkeys([*entry.dataset_notes, *joined, *meaning, *unused])
        return [note for note in notes if self._said.setdefault(note, entry.index) == entry.index]

    def __getstate__(self) -> dict[str, Any]:
        """An open file does not travel to another process."""
        return {**self.__dict__, "_table": None}

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
        video = open_named_video(path, max_pixels=limit)
        first = round(entry.start_s * self._clock(video.fps))
        left = video.num_frames - first
        # in a shared file the next episode begins right behind, so its frames are not ours
        available = min(left, num_rows) if entry.shares_table else left
        return (
            lambda count: VideoFrames(path, count, first, self.source, limit),
            available,
        )


def _length_note(entry: EpisodeEntry, rows: pa.Table) -> tuple[str, ...]:
    if entry.length in (None, rows.num_rows):
        return ()
    return (f"the episode list says {entry.length} frames, the table has {rows.num_rows} rows",)
