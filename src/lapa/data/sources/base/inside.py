"""Paths that come out of data files must stay below the folder the data lies in."""

from __future__ import annotations

import os
from pathlib import Path

from lapa.data.bad_input import bad


def inside(root: Path, path: Path) -> Path:
    """Return ``path`` with its ``..`` resolved.

    Compares names, not inodes: a symbolic link is the user's own decision, ``../..`` in a
    downloaded file is not.

    Raises:
        BadInputError: ``unsafe_path``: the path leaves ``root``.
    """
    normal = Path(os.path.normpath(path))
    if not normal.is_relative_to(os.path.normpath(root)):
        raise bad("unsafe_path", f"{path} leads outside {root}; refused")
    return normal


def is_beside(side_file: Path, recording: Path, root: Path) -> bool:
    """Whether a text belongs to the source it lies in.

    It does when it really lies below the root, or in the folder the recording really lies in (a linked
    folder, a cache of linked files). A link to any other text would carry it into the dataset unseen,
    because every text reads as a caption; a video must still be a video.
    """
    if not side_file.is_symlink():
        return True
    target = os.path.realpath(side_file)
    real_root = os.path.realpath(root)
    is_below = os.path.commonpath([target, real_root]) == real_root
    return is_below or os.path.dirname(target) == os.path.dirname(os.path.realpath(recording))
