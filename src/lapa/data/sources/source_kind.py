"""Which adapter reads a path, told by the files that only its format has."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from lapa.data.media.video_file import READABLE_SUFFIXES
from lapa.data.sources.hdf5.files import SUFFIXES as HDF5_SUFFIXES
from lapa.data.sources.registry import source_kinds
from lapa.refused import RefusedError

SIGNS: Final = {
    "recorded": ("episode_*/episode.json",),
    "lerobot": ("meta/info.json", "*/meta/info.json"),
    "rlds": ("features.json", "*/features.json", "*/*/features.json"),
    "hdf5": tuple(f"*{suffix}" for suffix in sorted(HDF5_SUFFIXES)),
    "video_folder": tuple(f"*{suffix}" for suffix in sorted(READABLE_SUFFIXES)),
}
"""Kind -> globs below its folder, the surest first: other formats hold videos, too."""


def kind_of(path: Path) -> str:
    """Name of the source kind that reads ``path``.

    Raises:
        RefusedError: its files are those of no format that is known by them.
    """
    if path.is_file():
        suffix = path.suffix.lower()
        kinds = {"hdf5": HDF5_SUFFIXES, "video_folder": READABLE_SUFFIXES}
        matching = [kind for kind, suffixes in kinds.items() if suffix in suffixes]
    else:
        matching = [kind for kind, globs in SIGNS.items() if any(_holds(path, g) for g in globs)]
    if not matching:
        holds = sorted(child.name for child in path.iterdir())[:5] if path.is_dir() else path.suffix
        raise RefusedError(
            f"{path}: found {holds}, expected a shard set (record.json), JPEG or PNG files, a video, or a "
            f"dataset; say which with --kind ({', '.join(source_kinds())})"
        )
    return matching[0]


def _holds(folder: Path, pattern: str) -> bool:
    return next(folder.glob(pattern), None) is not None
