"""Beside an artefact: which dataset it is, which node made it, and what that node was asked to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from lapa.records import MADE_WITH, RECORD


class MadeWith(BaseModel):
    """What made an artefact: ``made_with.json``, written before it is published."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    dataset: str
    """Name in the catalog: an artefact that was copied to another place still says whose it is."""
    node: str
    version: str
    """Of lapa."""
    inputs: dict[str, Any]
    """Dataset -> digest, or values of parameters (`lapa.folders.asked`)."""

    def write(self, folder: Path) -> None:
        """Write ``made_with.json`` into ``folder``."""
        (folder / MADE_WITH).write_text(self.model_dump_json(indent=2) + "\n")

    @classmethod
    def read(cls, folder: Path) -> Self | None:
        """Read ``made_with.json``; None where there is none (imported, or made by hand)."""
        path = folder / MADE_WITH
        return cls.model_validate_json(path.read_text()) if path.is_file() else None


def recorded_digest(folder: Path) -> str:
    """The digest in a folder's record, unchecked; empty where there is none."""
    path = folder / RECORD
    return str(json.loads(path.read_text()).get("digest", "")) if path.is_file() else ""
