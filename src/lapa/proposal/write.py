"""Puts an environment into a project's configuration, and nothing of somebody else's out of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from lapa.proposal.page import SIGN
from lapa.refused import RefusedError

NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
TAKEN: Final = frozenset({"base", "local", "presets"})
"""Folders of the configuration that are no environments."""


def require_free(conf: Path, name: str, *, force: bool) -> Path:
    """Return the folder of the environment, before anything is read for it.

    Raises:
        RefusedError: the name is no name, or somebody else's, or written already and not to be overwritten.
    """
    if not NAME.fullmatch(name) or name in TAKEN:
        raise RefusedError(
            f"environment {name!r}: expected a lower-case letter, then letters, digits and '_', and none of "
            f"{sorted(TAKEN)}"
        )
    folder = conf / name
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    if strange := [file.name for file in files if not _is_ours(file)]:
        raise RefusedError(
            f"{folder} holds {strange}, which `lapa new-env` did not write; choose another name"
        )
    if files and not force:
        raise RefusedError(
            f"{folder} is there already; overwrite it with --force, or choose another name"
        )
    return folder


def _is_ours(file: Path) -> bool:
    return file.is_file() and file.suffix == ".yml" and file.read_text().startswith(SIGN)


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write the files of an environment."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)
