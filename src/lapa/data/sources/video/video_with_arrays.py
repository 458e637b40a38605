"""Video files with JSON or NPZ side files that hold actions, states and text.

A field map (`lapa.data.sources.video.array_fields`) says where everything is. Where actions were
recorded faster than the video, `lapa.data.sources.video.action_interval` states the rule; where there
is one frame more than rows, `lapa.data.sources.base.rows` does. Both are kept in the provenance.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lapa.data.bad_input import (
    OnBad,
    SettingsError,
    bad,
    naming,
    raise_bad,
    read_each,
    require_path,
)
from lapa.data.episode import Episode
from lapa.data.left_out import leave_out
from lapa.data.limits import MAX_PIXELS
from lapa.data.media.video_file import READABLE_SUFFIXES
from lapa.data.media.video_frames import VideoFrames
from lapa.data.sources.base.action_meaning import meaning_word
from lapa.data.sources.base.depth import is_deep
from lapa.data.sources.base.folder_walk import by_suffix, files_below, suffix_of
from lapa.data.sources.base.named_video import open_named_video, video_facts
from lapa.data.sources.base.rows import ExtraFrame, Rows, align_rows
from lapa.data.sources.video.action_interval import ActionRule
from lapa.data.sources.video.array_fields import ArrayColumns, ArrayFields, load_array_fields
from lapa.data.sources.video.arrays_video import fitting_fields, locate_video, side_files_of
from lapa.data.sources.video.glob_match import matches
from lapa.data.sources.video.side_file import (
    column_meanings,
    column_names,
    column_units,
    read_columns,
    read_side_file,
    success_at,
    text_at,
)
from lapa.records import ActionMeaning


def open_video_with_arrays(
    path: Path,
    *,
    fields: str | Path | Mapping[str, Any] | None = None,
    report: OnBad = raise_bad,
    name: str = "",
    camera: str = "",
    actions: ActionRule = "subsample",
    fps: float | None = None,
    extra_frame: ExtraFrame = "drop",
    max_pixels: int = MAX_PIXELS,
) -> Iterator[Episode]:
    """Yield one episode per side file, in natural order of their paths.

    Linked folders are walked; hidden files, and files with other suffixes, are counted as left out.

    Args:
        path: folder that holds side files and videos.
        fields: field map: built-in name (``droid``, ``json``, ``npz``), YAML file, or mapping; when
            None the built-in one under which the side files lead to videos.
        report: receives recordings that cannot be used.
        name: dataset name of the episodes; when empty the folder in which the video paths of
            the side files start, else ``path``'s name.
        camera: one of the map's cameras; its first when empty.
        actions: how raw rows become one action per frame: ``subsample`` or ``accumulate``.
        fps: control rate in Hz, instead of the map's or the video's.
        extra_frame: what happens to a last frame without rows.
        max_pixels: largest image decoded.

    Raises:
        MissingSourceError: ``path`` does not exist.
        SettingsError: no such field map, camera or rule, or several maps fit.
    """
    require_path(path, expected="a folder of videos and side files")
    source = name or path.name
    mapped = None if fields is None else load_array_fields(fields)
    paths = files_below(path, source=source, report=report)
    if mapped is None:
        with naming(source, str(path)):
            mapped = fitting_fields(path, paths)
    if camera and camera not in mapped.cameras:
        raise SettingsError(f"no camera {camera!r}, the field map has {list(mapped.cameras)}")
    if actions not in ("subsample", "accumulate"):
        raise SettingsError(f"actions={actions!r}, expected 'subsample' or 'accumulate'")
    reader = SideFileReader(
        root=path,
        source=name,
        fields=mapped,
        camera=camera or mapped.cameras[0],
        rule=actions,
        fps=fps or mapped.fps,
        extra_frame=extra_frame,
        max_pixels=max_pixels,
    )
    side_files = side_files_of(path, paths, mapped)
    leave_out(report, source, _unused(paths, mapped))
    if not side_files:
        detail = f"nothing below {path} matches {mapped.side_files!r}; check `fields`"
        report(bad("no_files", detail, source=source, item=str(path)).record)
    yield from read_each(side_files, reader.read, report)


def _unused(paths: list[str], fields: ArrayFields) -> Counter[str]:
    """Count the files that are neither side files nor videos, by suffix."""
    return by_suffix(
        path
        for path in paths
        if not matches(path, fields.side_files) and suffix_of(path) not in READABLE_SUFFIXES
    )


@dataclass(frozen=True, kw_only=True)
class SideFileReader:
    """Turns side files into episodes."""

    root: Path
    source: str
    fields: ArrayFields
    camera: str
    rule: ActionRule
    fps: float | None
    extra_frame: ExtraFrame
    max_pixels: int

    def read(self, side_file: Path) -> Episode:
        """Read one recording.

        Raises:
            BadInputError: naming the side file.
        """
        with naming(self.source or self.root.name, str(side_file)):
            return self._episode(side_file)

    def _episode(self, side_file: Path) -> Episode:
        contents = read_side_file(side_file)
        dataset, path = locate_video(self.root, side_file, contents, self.fields, self.camera)
        source = self.source or dataset.name
        video = open_named_video(path, max_pixels=self.max_pixels)
        if is_deep(video.channel_bits):
            detail = f"camera {self.camera}: one channel of {video.channel_bits[0]} bits: depth"
            raise bad("depth_not_color", f"{detail}; choose a camera with colour")
        actions = read_columns(
            contents, self.fields.actions, rows_per_frame=self.fields.rows_per_frame, rule=self.rule
        )
        states = read_columns(contents, self.fields.states)
        aligned = align_rows(video.num_frames, actions, states, extra_frame=self.extra_frame)
        times = video.uneven_times
        facts = video_facts(video, uses_times=not self.fps)
        episode_id = side_file.relative_to(self.root).with_suffix("").as_posix()
        environment = self.fields.environment
        return Episode(
            source=source,
            episode_id=episode_id,
            num_frames=aligned.num_frames,
            fps=self.fps or video.fps,
            times=None if times is None or self.fps else times[: aligned.num_frames],
            read_frames=VideoFrames(
                path, aligned.num_frames, source=source, max_pixels=self.max_pixels
            ),
            instruction=text_at(contents, self.fields.instruction),
            actions=aligned.actions,
            action_names=_names(self.fields.actions, aligned.actions, "action"),
            action_units=_units(self.fields.actions, aligned.actions),
            actions_are=_meanings(self.fields.actions, aligned.actions),
            states=aligned.states,
            state_names=_names(self.fields.states, aligned.states, "state"),
            environment="" if environment is None else text_at(contents, (environment,)),
            success=success_at(contents, self.fields.success),
            provenance={
                **facts,
                "file": str(side_file),
                "video": str(path),
                "camera": self.camera,
                "action_rule": self.rule if actions is not None else None,
                "rows_per_frame": self.fields.rows_per_frame,
                "actions_are": meaning_word(_meanings(self.fields.actions, aligned.actions)),
                "notes": [*facts["notes"], *aligned.notes, *self._absence(actions)],
            },
        )

    def _absence(self, actions: Rows | None) -> list[str]:
        if actions is not None or not self.fields.actions:
            return []
        return [f"no actions: none of {[part.field for part in self.fields.actions]} is there"]


def _names(columns: tuple[ArrayColumns, ...], rows: Rows | None, prefix: str) -> tuple[str, ...]:
    return () if rows is None else column_names(columns, rows.shape[1], prefix)


def _meanings(columns: tuple[ArrayColumns, ...], rows: Rows | None) -> tuple[ActionMeaning, ...]:
    return () if rows is None else column_meanings(columns, rows.shape[1])


def _units(columns: tuple[ArrayColumns, ...], rows: Rows | None) -> tuple[str, ...]:
    return () if rows is None else column_units(columns, rows.shape[1])
