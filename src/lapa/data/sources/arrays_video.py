"""Where the video of a side file lies, and which built-in field map finds one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final

from lapa.data.bad_input import BadInputError, bad
from lapa.data.sources.array_fields import ArrayFields, built_in_maps, load_array_fields, value_at
from lapa.data.sources.inside import inside
from lapa.data.sources.side_file import read_side_file

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
    while not (folder / relative).is_file() and folder not in (root, folder.parent):
        folder = folder.parent
    return (root if how == "file" else folder), inside(root, folder / relative)


def fitting_fields(root: Path) -> ArrayFields:
    """Return the built-in map under which a side file below ``root`` leads to a video.

    Where none does, the first one whose side files exist, so that each of them is named with what
    is wrong with it.

    Raises:
        ValueError: several maps fit.
        BadInputError: ``no_files``: no map has side files here.
    """
    maps = {name: load_array_fields(name) for name in built_in_maps()}
    found = {name: sorted(root.glob(fields.side_files)) for name, fields in maps.items()}
    candidates = [name for name, files in found.items() if files]
    fitting = [name for name in candidates if any(_videos(root, found[name], maps[name]))]
    if len(fitting) > 1:
        raise ValueError(f"{root} fits the field maps {fitting}; name one of them as `fields`")
    if not candidates:
        globs = [fields.side_files for fields in maps.values()]
        raise bad("no_files", f"nothing below {root} matches one of {globs}; give `fields`")
    return maps[(fitting or candidates)[0]]


def _videos(root: Path, side_files: list[Path], fields: ArrayFields) -> Iterator[bool]:
    """Tell of the first side files whether each leads to a video."""
    for side_file in islice(side_files, PROBED):
        try:
            # a plain file name needs no look inside; damage is named when the episode is read
            contents = {} if fields.video.startswith("file:") else read_side_file(side_file)
            video = locate_video(root, side_file, contents, fields, fields.cameras[0])[1]
        except BadInputError:
            continue
        yield video.is_file()
