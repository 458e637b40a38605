"""The cameras of a source, for those who have to choose one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lapa.data.sources.hdf5.cameras import hdf5_cameras
from lapa.data.sources.lerobot.cameras import lerobot_cameras
from lapa.data.sources.rlds.cameras import rlds_cameras


def camera_names(kind: str, path: Path, options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names that the option ``camera`` takes; none for kinds that list no cameras.

    Args:
        kind: of the source.
        path: as the adapter gets it.
        options: of the adapter; RLDS's ``fields`` says what its cameras are called.

    Raises:
        BadInputError: what tells the cameras cannot be read.
    """
    if kind == "rlds":
        return rlds_cameras(path, options.get("fields"))
    readers = {"lerobot": lerobot_cameras, "hdf5": hdf5_cameras}
    return readers[kind](path) if kind in readers else ()
