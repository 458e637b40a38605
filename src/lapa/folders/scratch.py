"""Scratch folders: where a stage works before its artefact is published.

The folder's name contains a digest of everything the stage was asked to do. A killed stage
finds its own progress again; one with other parameters or inputs never does.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from lapa.records import digest_of

MARKER = ".scratch"


def stage_folder(work: str | Path, stage: str, arguments: Any) -> Path:
    """Create (or find again) the scratch folder of ``stage`` called with ``arguments``.

    Args:
        work: scratch root of the run.
        stage: name of the node, with its arm where it has one.
        arguments: JSON-able facts that decide the result.
    """
    folder = Path(work) / f"{stage}-{digest_of(arguments)[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARKER).touch()
    return folder


def discard(folder: Path) -> None:
    """Delete ``folder`` if it is a scratch folder; leave anything else alone."""
    if (folder / MARKER).is_file():
        shutil.rmtree(folder)
