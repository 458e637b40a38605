"""Shard sets and label sets that are made in parts, as jobs of an array make them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lapa.data.ingest_parts import ingest_part_of, merge_parts_of
from lapa.data.ingestion.inputs import Input
from lapa.datasets.parts import PartsDataset
from lapa.params.array_part import ArrayPart
from lapa.params.ingestion import IngestionParams
from lapa.records import MadePart, ShardSet


def parts_in(folder: Path, part: str) -> PartsDataset:
    """The parts of a set below ``folder``, as a run with ``part`` sees them."""
    return PartsDataset(filepath=str(folder / "parts"), whole=str(folder / "published"), part=part)


def shard_part(
    inputs: Sequence[Input], params: IngestionParams, part: str, folder: Path
) -> MadePart:
    """Make one part and publish it below ``folder``."""
    out = folder / f"work-{part.replace('/', '-')}" / "part"
    made = ingest_part_of(inputs, params=params, part=ArrayPart.of_text(part), out=out)
    parts_in(folder, part).save(made)
    shutil.rmtree(out.parent)
    return made


def merged_shards(
    inputs: Sequence[Input], params: IngestionParams, of: int, folder: Path
) -> ShardSet:
    """Join the parts below ``folder``."""
    parts = parts_in(folder, f"merge/{of}").load()
    return merge_parts_of(inputs, params=params, parts=parts, out=folder / "shards")


def files_in(folder: Path) -> dict[str, Any]:
    """Bytes of every file below a folder; where it lies is left out."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().replace(
            str(folder).encode(), b"HERE"
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
