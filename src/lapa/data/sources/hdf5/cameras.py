"""Which cameras HDF5 demonstrations have, told by the first recording."""

from __future__ import annotations

from pathlib import Path

from lapa.data.bad_input import BadInputs
from lapa.data.sources.hdf5.file import group_at, opened_hdf5
from lapa.data.sources.hdf5.files import detect_layout, hdf5_files
from lapa.data.sources.hdf5.robomimic import demonstration_cameras, list_demonstrations
from lapa.data.sources.hdf5.robonet import trajectory_cameras


def hdf5_cameras(path: Path) -> tuple[str, ...]:
    """Names as the option ``camera`` takes them; none where there is no file.

    Raises:
        BadInputError: the first file cannot be read.
    """
    files = [path] if path.is_file() else hdf5_files(path, path.name, BadInputs())
    if not files:
        return ()
    is_robonet = detect_layout(files[0]) == "robonet"
    group = "env" if is_robonet else f"data/{list_demonstrations(files[0])[0]}"
    with opened_hdf5(files[0]) as file:
        members = group_at(file, group)
        return tuple(trajectory_cameras(members) if is_robonet else demonstration_cameras(members))
