"""Sources must be there before the first node runs, not when their turn comes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lapa.data.sources.registry import adapter_of
from lapa.params.ingestion import IngestionParams
from lapa.refused import RefusedError


def require_sources(parameters: Mapping[str, Any]) -> None:
    """Refuse sources of an unknown kind and paths that do not exist.

    Args:
        parameters: of the nodes that will run, by dataset name.

    Raises:
        RefusedError: one line for each source.
    """
    ingestion = parameters.get("params:ingestion")
    if not isinstance(ingestion, IngestionParams):
        return
    wrong = [problem for i in range(len(ingestion.sources)) if (problem := _wrong(ingestion, i))]
    if wrong:
        raise RefusedError("\n".join(wrong))


def _wrong(ingestion: IngestionParams, index: int) -> str | None:
    source, where = ingestion.sources[index], f"ingestion.sources[{index}]"
    try:
        adapter_of(source.kind)
    except ValueError as error:
        return f"{where}.kind: {error}"
    path = Path(source.path)
    if path.exists():
        return None
    there = next(parent for parent in path.absolute().parents if parent.exists())
    return (
        f"{where}.path: {path.absolute()} does not exist, the nearest folder that does is {there}: mount "
        "what is missing, or correct the path in the environment's parameters"
    )
