"""A text file that is there as a whole, on disk, or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from lapa.folders.full_disk import told_when_full


def write_whole(path: Path, text: str) -> None:
    """Write ``text`` beside ``path``, wait for the disk, and rename it into place."""
    partial = path.with_name(f".{path.name}.partial")
    with told_when_full(path), partial.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
