"""Which cameras a LeRobot dataset lists."""

from __future__ import annotations

from pathlib import Path

from lapa.data.bad_input import BadInputs
from lapa.data.sources.lerobot.dataset import dataset_folders
from lapa.data.sources.lerobot.depth import listed_as_depth
from lapa.data.sources.lerobot.meta import read_info


def lerobot_cameras(path: Path) -> tuple[str, ...]:
    """Colour cameras of the first dataset at or below ``path``, as ``info.json`` lists them.

    Whether one has files shows when it is read.

    Raises:
        BadInputError: its ``info.json`` cannot be used.
    """
    roots = dataset_folders(path, path.name, BadInputs())
    if not roots:
        return ()
    info = read_info(roots[0])
    features = {key: info.features[key] for key in info.pictures()}
    return tuple(
        key
        for key, feature in features.items()
        if not listed_as_depth(key, feature.dtype, feature.info)
    )
