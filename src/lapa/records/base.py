"""The base of every record: frozen facts that are written last and sealed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from lapa.records.digest import RECORD, digest_of, require_same

SEAL = "seal"
"""Key of ``record.json`` that no record has as a field; a record without it is taken as it is."""


class Record(BaseModel):
    """Base of every record: immutable, no unknown fields, JSON on disk."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    def sealed_json(self) -> str:
        """The record as JSON, with a seal: a digest over all of it but where it lies."""
        facts = json.loads(self.model_dump_json())
        return json.dumps(facts | {SEAL: _seal_of(facts)}, indent=2) + "\n"

    def write(self, folder: Path) -> None:
        """Write ``record.json`` into ``folder`` (call it last)."""
        (folder / RECORD).write_text(self.sealed_json())

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read ``record.json`` from ``folder``.

        Raises:
            FileNotFoundError: there is no record, so the artefact is missing or unfinished.
            ValueError: it was edited after it was written, or is no record of this class.
        """
        facts = json.loads((folder / RECORD).read_text())
        if isinstance(facts, dict) and (seal := facts.pop(SEAL, None)) is not None:
            require_same(
                f"seal of {folder / RECORD}",
                _seal_of(facts),
                seal,
                remedy="the record was edited after it was written: restore it, or delete the "
                "folder and make the artefact again",
            )
        return cls.model_validate_json(json.dumps(facts))


def _seal_of(facts: dict[str, Any]) -> str:
    return digest_of({name: value for name, value in facts.items() if name != "path"})
