"""Parts of a shard set or a label set, each made by a job of its own; merged they are the set itself."""

from __future__ import annotations

from typing import Any, Self

from pydantic import model_validator

from lapa.records.base import Record
from lapa.records.digest import digest_of


class MadePart(Record):
    """One finished part: some of the shards, or the labels of some."""

    path: str
    part: str
    """Which: ``3/64``."""
    asked: dict[str, Any]
    """What decided it: parameters and digests; the parts of one set have the same."""
    shards: dict[str, str]
    """SHA-256 of every tar (of a label set: of its label file), by the name of the shard."""
    digest: str

    @classmethod
    def made(cls, path: str, part: str, asked: dict[str, Any], shards: dict[str, str]) -> Self:
        """The record of a part that is complete."""
        digest = digest_of({"part": part, "asked": asked, "shards": shards})
        return cls(path=path, part=part, asked=asked, shards=shards, digest=digest)


class MadeParts(Record):
    """All parts of one set, first to last."""

    parts: tuple[MadePart, ...]

    @model_validator(mode="after")
    def _are_all(self) -> Self:
        found = [part.part for part in self.parts]
        expected = [f"{number}/{len(found)}" for number in range(1, len(found) + 1)]
        if found != expected:
            raise ValueError(f"found parts {found}, expected {expected}: all of one set, in order")
        return self

    @property
    def digest(self) -> str:
        """SHA-256 over the digests of the parts."""
        return digest_of([part.digest for part in self.parts])

    @property
    def shards(self) -> dict[str, str]:
        """SHA-256 of what all parts made, by the name of the shard."""
        return {name: sha for part in self.parts for name, sha in part.shards.items()}
