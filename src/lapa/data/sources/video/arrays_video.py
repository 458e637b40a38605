"""Where the video of a side file lies, and which built-in field map finds one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final

from lapa.data.bad_input import BadInputError, SettingsError, bad, naming
from lapa.data.sources.base.inside import inside
from lapa.data.sources.video.array_fields import (
    ArrayFields,
    built_in_maps,
    load_array_fields,
    value_at,
)
from lapa.data.sources.video.glob_match import matches
from lapa.data.sources.video.side_file import read_side_file

PROBED: Final = 100
"""Side files looked at before a field map counts as not fitting."""


def locate_video(
    root: Path, side_file: Path, contents: Mapping[str, Any], fields: ArrayFields, camera: str
) -> tuple[Path, Path]:
    """Find the video below the side file's folder or the nearest folder above it.

    Returns:
        The dataset's folder, where the paths inside its side files start, and the video.

    Raises:
        BadInputError: ``missing_columns``: no path where the map says; ``unsafe_path``.
    """
    how, _, pattern = fields.video.partition(":")
    place = pattern.replace("{camera}", camera).replace("{stem}", side_file.stem)
    relative = place if how == "file" else value_at(contents, place)
    if not isinstance(relative, str):
        raise bad("missing_columns", f"no video path under {place!r}, found {sorted(contents)}")
    folder = side_file.parent
    while not _spelt(folder / relative).is_file() and folder not in (root, folder.parent):
        folder = folder.parent
    return (root if how == "file" else folder), inside(root, _spelt(folder / relative))


def _spelt(path: Path) -> Path:
    """Return the path as it is spelt, or with its suffix in capitals where only that file exists."""
    capitals = path.with_suffix(path.suffix.upper())
    return capitals if not path.is_file() and capitals.is_file() else path


def side_files_of(root: Path, paths: list[str], fields: ArrayFields) -> list[Path]:
    """Return those of the ``paths`` below ``root`` that the map's glob takes."""
    return [root / path for path in paths if matches(path, fields.side_files)]


def fitting_fields(root: Path, paths: list[str]) -> ArrayFields:
    """Return the built-in map under which a side file below ``root`` leads to a video.

    Where none does, the first one whose side files exist, so that each of them is named with what
    is wrong with it.

    Args:
        root: folder of the source.
        paths: all JSON and NPZ files below it.

    Raises:
        SettingsError: several maps fit.
        BadInputError: ``no_files``: no map has side files here.
    """
    maps = {name: load_array_fields(name) for name in built_in_maps()}
    side_files = {name: side_files_of(root, paths, fields) for name, fields in maps.items()}
    candidates = [name for name, files in side_files.items() if files]
    fitting = [name for name in candidates if any(_videos(root, side_files[name], maps[name]))]
    if len(fitting) > 1:
        raise SettingsError(f"{root} fits the field maps {fitting}; name one of them as `fields`")
    if not candidates:
        globs = [fields.side_files for fields in maps.values()]
        raise bad("no_files", f"nothing below {root} matches one of {globs}; give `fields`")
    return maps[(fitting or candidates)[0]]


def _videos(root: Path, side_files: list[Path], fields: ArrayFields) -> Iterator[bool]:
    """Tell of the first side files whether each leads to a video."""
    for side_file in islice(side_files, PROBED):
        try:
            with naming("", str(side_file)):
                # a plain file name needs no look inside; damage is named when the episode is read
                contents = {} if fields.video.startswith("file:") else read_side_file(side_file)
                video = locate_video(root, side_file, contents, fields, fields.cameras[0])[1]
        except BadInputError:
            continue
        yield video.is_file()
