"""Globs with ``**`` over paths that were walked already, so that links and hidden files follow one rule."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase


def matches(path: str, glob: str) -> bool:
    """Whether a relative path matches; ``**`` stands for any number of folders.

    Case does not matter: cameras and old systems write suffixes in capitals.
    """
    parts = [part for part in glob.lower().split("/") if part not in ("", ".")]
    return _match(path.lower().split("/"), parts)


def _match(path: Sequence[str], glob: Sequence[str]) -> bool:
    if not glob:
        return not path
    if glob[0] == "**":
        return any(_match(path[start:], glob[1:]) for start in range(len(path) + 1))
    return bool(path) and fnmatchcase(path[0], glob[0]) and _match(path[1:], glob[1:])
