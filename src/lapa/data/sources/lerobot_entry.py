"""Where the parts of one LeRobot episode lie: what both file layouts are brought to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lapa.data.bad_input import bad
from lapa.data.sources.lerobot_meta import LeRobotInfo


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
    """Contradictions of the metadata that were tolerated."""


def choose_camera(
    info: LeRobotInfo, has_files: Callable[[str], bool], wanted: str
) -> tuple[str, tuple[str, ...]]:
    """Return the camera to read and notes on listed cameras that have no files.

    With an empty ``wanted`` it is the first of ``info.json`` that has files. ``wanted`` may leave out
    the prefix ``observation.images.``.

    Raises:
        BadInputError: ``wanted`` does not exist, or no camera has files.
    """
    listed = info.cameras()
    present = [key for key in listed if info.features[key].dtype == "image" or has_files(key)]
    absent = [key for key in listed if key not in present]
    notes = tuple(f"info.json lists camera {key}, which has no files" for key in absent)
    if not wanted and present:
        return present[0], notes
    matches = [key for key in present if wanted in (key, key.removeprefix("observation.images."))]
    if not matches:
        detail = f"camera {wanted or 'any'} has no files; cameras with files: {present}"
        raise bad("missing_camera", f"{detail}, listed without files: {absent}")
    return matches[0], notes


def count_notes(info: LeRobotInfo, found: int) -> tuple[str, ...]:
    """Return notes where ``info.json`` counts other episodes than there are."""
    notes = []
    if info.total_episodes != found:
        notes.append(f"info.json counts {info.total_episodes} episodes, found {found}")
    ends = [str(span).rpartition(":")[2] for span in info.splits.values()]
    if ends and str(found) not in ends:
        notes.append(f"info.json has splits {info.splits}, found {found} episodes")
    return tuple(notes)
