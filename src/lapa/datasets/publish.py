"""Make a finished artefact visible in one step.

A trainer works in a scratch folder. Publishing renames that folder into place and then
writes ``record.json``; whatever dies before that leaves no record, so nothing half-written
is ever visible and a rerun starts the stage again.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from lapa.records import Record
from lapa.scratch import discard

RECORD = "record.json"


def publish(record: Record, source: Path, target: Path) -> None:
    """Move ``source`` to ``target``, then write the record there, last.

    An artefact already at ``target`` is replaced. Publishing a folder onto itself only
    rewrites its record. The scratch folder that held ``source`` is deleted at the end.

    Raises:
        FileNotFoundError: ``source`` is not a folder.
    """
    if not source.is_dir():
        raise FileNotFoundError(f"cannot publish {target}: found no folder {source}")
    if source.resolve() != target.resolve():
        (source / RECORD).unlink(missing_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        remove(target)
        _move(source, target)
    _write_record(record, target)
    discard(source.parent)


def remove(target: Path) -> None:
    """Delete an artefact; its record goes first, so a crash leaves it missing, not broken."""
    (target / RECORD).unlink(missing_ok=True)
    if target.exists():
        shutil.rmtree(target)


def _move(source: Path, target: Path) -> None:
    try:
        source.rename(target)
    except OSError:  # another filesystem: copy beside the target first
        partial = target.with_name(f".{target.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(source, partial)
        partial.rename(target)
        shutil.rmtree(source)


def _write_record(record: Record, folder: Path) -> None:
    partial = folder / f".{RECORD}.partial"
    with partial.open("w") as file:
        file.write(record.model_dump_json(indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())
    partial.replace(folder / RECORD)
