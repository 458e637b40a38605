"""Make a finished artefact visible in one step, and never replace what is not ours.

A trainer works in a scratch folder. Publishing renames that folder into place and then
writes ``record.json``; whatever dies before that leaves no record, so nothing half-written
is ever visible and a rerun starts the stage again. Until the record is there, a marker says whose
the folder is: a folder with neither belongs to somebody else and is refused.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from lapa.folders.full_disk import told_when_full
from lapa.folders.scratch import discard
from lapa.folders.whole_file import write_whole
from lapa.records import RECORD, Record

UNFINISHED = ".unpublished"
"""Marker of a folder that was moved into place and has no record yet."""


class NotOursError(ValueError):
    """The place of an artefact holds something that no stage made."""


def publish(record: Record, source: Path, target: Path) -> None:
    """Move ``source`` to ``target``, then write the record there, last.

    An artefact already at ``target`` is replaced. Publishing a folder onto itself only
    rewrites its record. The scratch folder that held ``source`` is deleted at the end.

    Raises:
        FileNotFoundError: ``source`` is not a folder.
        NotOursError: ``target`` holds something else than an artefact.
        DiskFullError: a copy to another disk does not fit; what was at ``target`` is still there.
    """
    if not source.is_dir():
        raise FileNotFoundError(f"cannot publish {target}: found no folder {source}")
    if source.resolve() != target.resolve():
        require_ours(target)
        (source / RECORD).unlink(missing_ok=True)
        (source / UNFINISHED).touch()
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = _on_the_disk_of(target, source)
        for held in _artefacts_inside(target):  # those of the arm of this name are not part of it
            shutil.move(held, beside / held.name)
        remove(target)
        beside.rename(target)
    write_whole(target / RECORD, record.sealed_json())
    (target / UNFINISHED).unlink(missing_ok=True)
    discard(source.parent)


def require_ours(target: Path) -> None:
    """Refuse a place that holds anything but an artefact or what a crash left of one.

    Raises:
        NotOursError: naming some of what is there.
    """
    if not target.exists() or (target / UNFINISHED).is_file() or _has_record(target):
        return
    inside = set(_artefacts_inside(target))
    strangers = set(target.iterdir()) - inside if target.is_dir() else {target}
    if held := sorted(path.name for path in strangers):
        raise NotOursError(
            f"{target} holds {', '.join(held[:3])}{', …' if len(held) > 3 else ''} and no {RECORD} of "
            "ours, expected an artefact or nothing: it will not be replaced; move it away, or give "
            "another run name (--params=run=NAME) or data_root"
        )


def _artefacts_inside(target: Path) -> list[Path]:
    """Artefacts whose folders lie in this one: the quantiser `random_laq` has the arm's name."""
    return [record.parent for record in target.glob(f"*/{RECORD}")]


def _has_record(folder: Path) -> bool:
    try:
        facts = json.loads((folder / RECORD).read_text())
    except (OSError, ValueError):
        return False
    return isinstance(facts, dict) and {"path", "digest"} <= facts.keys()


def remove(target: Path) -> None:
    """Delete an artefact: it is renamed first, so a crash leaves it missing, not broken.

    Raises:
        NotOursError: it is no artefact.
    """
    require_ours(target)
    away = target.with_name(f".{target.name}.removed")
    if away.exists():
        shutil.rmtree(away)
    if target.exists():
        target.rename(away)
        shutil.rmtree(away)


def _on_the_disk_of(target: Path, source: Path) -> Path:
    """``source``, or on another filesystem its copy beside ``target``, which is still as it was."""
    if source.stat().st_dev == target.parent.stat().st_dev:
        return source
    partial = target.with_name(f".{target.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    with told_when_full(target):
        shutil.copytree(source, partial)
    return partial
