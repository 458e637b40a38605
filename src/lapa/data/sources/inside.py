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
