"""HDF5 demonstrations: tells RoboNet from robomimic/LIBERO by what the file holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import h5py

from lapa.data.bad_input import (
    BadInputError,
    OnBad,
    bad,
    naming,
    raise_bad,
    read_each,
    require_path,
)
from lapa.data.episode import Episode
from lapa.data.limits import MAX_PIXELS
from lapa.data.sources.base.folder_walk import recordings_below
from lapa.data.sources.base.rows import ExtraFrame
from lapa.data.sources.hdf5.file import member, opened_hdf5
from lapa.data.sources.hdf5.robomimic import (
    RobomimicOptions,
    list_demonstrations,
    read_demonstration,
)
from lapa.data.sources.hdf5.robonet import RobonetOptions, read_robonet

SUFFIXES = frozenset({".hdf5", ".h5", ".hdf", ".he5"})


def open_hdf5(
    path: Path,
    *,
    report: OnBad = raise_bad,
    name: str = "",
    camera: str = "",
    fps: float | None = None,
    states: tuple[str, ...] | None = None,
    flip_vertical: bool = False,
    extra_frame: ExtraFrame = "drop",
    max_pixels: int = MAX_PIXELS,
) -> Iterator[Episode]:
    """Yield the episodes of a file, or of every HDF5 file below a folder, in order of their paths.

    Linked folders are walked; hidden files, and files with other suffixes, are counted as left out.

    Args:
        path: file or folder.
        report: receives what cannot be used: a file, or one demonstration of it.
        name: dataset name of the episodes; when empty the folder's (or file's) name, for
            RoboNet ``robonet-<robot>``.
        camera: ``cam0`` (RoboNet) or ``agentview_rgb`` (robomimic); the first when empty.
        fps: control rate in Hz; by default what the file tells, and a note where it does not.
        states: robomimic only: keys below ``obs`` to join as state.
        flip_vertical: robomimic only: turn upside-down renderings up.
        extra_frame: what happens to a last frame without action, see `lapa.data.sources.base.rows`.
        max_pixels: largest image decoded.

    Raises:
        MissingSourceError: ``path`` does not exist.
    """
    require_path(path, expected="an HDF5 file, or a folder of them")
    source = name or path.stem
    files = [path] if path.is_file() else hdf5_files(path, source, report)
    robomimic = RobomimicOptions(
        camera=camera,
        states=None if states is None else tuple(states),
        fps=fps,
        flip_vertical=flip_vertical,
        extra_frame=extra_frame,
        max_pixels=max_pixels,
    )
    robonet = RobonetOptions(camera=camera, fps=fps, extra_frame=extra_frame, max_pixels=max_pixels)
    if not files:
        detail = f"no {', '.join(sorted(SUFFIXES))} at any depth"
        report(bad("no_files", detail, source=source, item=str(path)).record)

    reader = DemonstrationReader(
        root=path, source=source, name=name, robomimic=robomimic, robonet=robonet
    )
    yield from read_each(_recordings(files, source, report), reader.read, report)


@dataclass(frozen=True, kw_only=True)
class DemonstrationReader:
    """Reads single recordings; plain data, so other processes can read them too."""

    root: Path
    source: str
    name: str
    robomimic: RobomimicOptions
    robonet: RobonetOptions

    def read(self, item: tuple[Path, str]) -> Episode:
        """Read one demonstration of a file; an empty name takes the whole file, as RoboNet's are."""
        file, demonstration = item
        parts = (_episode_id(self.root, file), demonstration)
        episode_id = "-".join(part for part in parts if part)
        with naming(self.source, f"{file}:{demonstration}" if demonstration else str(file)):
            if demonstration:
                return read_demonstration(
                    file, demonstration, episode_id, self.source, self.robomimic
                )
            return read_robonet(file, episode_id, self.name, self.robonet)


def _recordings(files: list[Path], source: str, report: OnBad) -> Iterator[tuple[Path, str]]:
    """Yield every file with its demonstrations; a RoboNet file is one recording without a name."""
    for file in files:
        try:
            with naming(source, str(file)):
                is_robonet = detect_layout(file) == "robonet"
                demonstrations = [""] if is_robonet else list_demonstrations(file)
        except BadInputError as error:
            report(error.record)
            continue
        yield from ((file, demonstration) for demonstration in demonstrations)


def detect_layout(path: Path) -> str:
    """Return ``robonet`` or ``robomimic``.

    Raises:
        BadInputError: neither; the message lists what the file holds.
    """
    with opened_hdf5(path) as file:
        if all(isinstance(member(file, name), h5py.Group) for name in ("env", "policy")):
            return "robonet"
        if isinstance(data := member(file, "data"), h5py.Group) and len(data):
            return "robomimic"
        expected = "env + policy (RoboNet) or data/<demonstration> (robomimic, LIBERO)"
        raise bad("unknown_layout", f"the file holds {sorted(file)}, expected {expected}")


def hdf5_files(folder: Path, source: str, report: OnBad) -> list[Path]:
    """Return the HDF5 files below a folder, in order of their paths."""
    recordings = recordings_below(folder, SUFFIXES, source=source, report=report)
    return sorted(folder / relative for relative in recordings)


def _episode_id(path: Path, file: Path) -> str:
    """The path below the folder asked for, without suffix: unique, and stable when moved."""
    return file.stem if file == path else file.relative_to(path).with_suffix("").as_posix()
