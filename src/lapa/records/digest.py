"""SHA-256 of facts, of files and of folders, and what must be the same."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

RECORD = "record.json"
MADE_WITH = "made_with.json"
"""Beside the record: what the stage that made the artefact was asked to do."""
CLOCKED_FINDINGS = "clocked_findings.json"
"""In a report: what was read off a clock, and differs from run to run."""


def digest_of(facts: Any) -> str:
    """SHA-256 of JSON-able facts, key order ignored."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def digest_of_file(path: Path) -> str:
    """SHA-256 of a file's bytes, read in 1 MiB blocks."""
    sha = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            sha.update(block)
    return sha.hexdigest()


def digest_of_files(folder: Path) -> str:
    """SHA-256 over the names and bytes of every file below ``folder``.

    Left out is what is written about them afterwards (the record, what made it), what was read off
    a clock, and what begins with a dot (locks, unfinished files).
    """
    names = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(folder).parts)
    )
    kept = [name for name in names if name not in {RECORD, MADE_WITH, CLOCKED_FINDINGS}]
    return digest_of([(name, digest_of_file(folder / name)) for name in kept])


def require_same(name: str, found: Any, expected: Any, *, remedy: str) -> None:
    """Refuse an input whose ancestry differs, showing both values.

    Raises:
        ValueError: ``found`` differs from ``expected``.
    """
    if found != expected:
        raise ValueError(f"{name}: found {found!r}, expected {expected!r}; {remedy}")
