"""Where the parts of one LeRobot episode lie: what both file layouts are brought to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lapa.data.bad_input import bad
from lapa.data.sources.lerobot.depth import (
    listed_as_depth,
    pictures_are_deep_gray,
    video_is_deep_gray,
)
from lapa.data.sources.lerobot.meta import LeRobotInfo


@dataclass(frozen=True, kw_only=True)
class EpisodeEntry:
    """One episode, located but not read."""

    index: int
    table: Path
    """Parquet file with the rows."""
    shares_table: bool
    """True where the file holds other episodes too (v3)."""
    video: Path | None
    """The chosen camera's mp4; None for pictures inside the parquet file."""
    camera: str
    start_s: float
    """Where the episode begins inside the mp4."""
    tasks: tuple[str, ...]
    """Instructions that the episode list gives."""
    length: int | None
    """Number of frames that the episode list claims."""
    notes: tuple[str, ...]
    """Contradictions of the metadata on this episode that were tolerated."""
    dataset_notes: tuple[str, ...]
    """What is worth saying of the whole dataset: said once, with its first episode."""


@dataclass(frozen=True, kw_only=True)
class ChosenCamera:
    """The camera to read."""

    camera: str
    absent: tuple[str, ...]
    """Notes on cameras that are listed and have no files."""
    depth: tuple[str, ...] = ()
    """Notes on cameras that show depth."""


FirstFile = Callable[[str], Path | None]
"""From a camera to the first file that holds its pictures; None where there is none."""


def choose_camera(info: LeRobotInfo, first_file: FirstFile, wanted: str) -> ChosenCamera:
    """Choose the camera to read.

    With an empty ``wanted`` it is the first of ``info.json`` that has files and shows colour.
    ``wanted`` may leave out the prefix ``observation.images.``; a depth camera is read if asked for.

    Raises:
        BadInputError: ``wanted`` does not exist, no camera has files, or all of them show depth.
    """
    files = {key: first_file(key) for key in info.pictures()}
    present = [key for key, path in files.items() if path is not None]
    absent = [key for key, path in files.items() if path is None]
    notes = tuple(f"info.json lists camera {key}, which has no files" for key in absent)
    if wanted:
        return ChosenCamera(camera=_named(wanted, present, absent), absent=notes)
    depth = [key for key, path in files.items() if path and _is_depth(info, key, path)]
    color = [key for key in present if key not in depth]
    if not color:
        detail = f"no camera has files and shows colour; with files: {present}, of depth: {depth}"
        raise bad(
            "missing_camera", f"{detail}, listed without files: {absent}; name one as `camera`"
        )
    seen = tuple(f"camera {key} shows depth, not taken for a picture" for key in depth)
    return ChosenCamera(camera=color[0], absent=notes, depth=seen)


def _named(wanted: str, present: list[str], absent: list[str]) -> str:
    prefixes = ("observation.images.", "observation.image.", "observation.", "images.")
    for key in present:
        if wanted in (key, *(key.removeprefix(prefix) for prefix in prefixes)):
            return key
    detail = f"camera {wanted} has no files; cameras with files: {present}"
    raise bad("missing_camera", f"{detail}, listed without files: {absent}")


def _is_depth(info: LeRobotInfo, key: str, path: Path) -> bool:
    feature = info.features[key]
    if listed_as_depth(key, feature.dtype, feature.info):
        return True
    if feature.dtype == "image":
        return pictures_are_deep_gray(path, key)
    return video_is_deep_gray(path)


def count_notes(info: LeRobotInfo, num_episodes: int) -> tuple[str, ...]:
    """Return notes where ``info.json`` counts other episodes than there are."""
    notes = []
    if info.total_episodes != num_episodes:
        notes.append(f"info.json counts {info.total_episodes} episodes, found {num_episodes}")
    ends = [str(span).rpartition(":")[2] for span in info.splits.values()]
    if ends and str(num_episodes) not in ends:
        notes.append(f"info.json has splits {info.splits}, found {num_episodes} episodes")
    return tuple(notes)
