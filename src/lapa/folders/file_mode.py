"""Permissions of files that a library creates for its owner alone."""

from __future__ import annotations

import os
from pathlib import Path

_NEW_FILE = 0o666


def follow_umask(path: Path) -> None:
    """Give a file the permissions that `open` would have given it: colleagues may read it.

    safetensors writes through a temporary file of mode 0600.
    """
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(_NEW_FILE & ~mask)
