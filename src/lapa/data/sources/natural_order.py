"""File names in the order people mean: frame 2 before frame 10."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from pathlib import Path


def natural_key(name: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that compares runs of digits as numbers; ties are broken by the spelling."""
    parts = re.split(r"(\d+)", name)
    key = [(0, int(part), part) if part.isdigit() else (1, 0, part) for part in parts if part]
    return tuple(key)


def files_below(folder: Path, suffixes: Collection[str]) -> list[str]:
    """Return the paths below ``folder`` with one of ``suffixes`` (lower case), in natural order.

    Strings, because a folder may hold a million files and a `Path` takes ten times the memory.
    """
    found = [
        os.path.relpath(os.path.join(parent, name), folder).replace(os.sep, "/")
        for parent, _, names in os.walk(folder)
        for name in names
        if os.path.splitext(name)[1].lower() in suffixes
    ]
    return sorted(found, key=natural_key)


def folders_below(folder: Path) -> Iterator[tuple[Path, list[str], bool]]:
    """Yield (folder, file names, whether it has sub-folders) of the tree, in natural order."""
    for parent, children, names in os.walk(folder):
        children.sort(key=natural_key)
        yield Path(parent), sorted(names, key=natural_key), bool(children)
