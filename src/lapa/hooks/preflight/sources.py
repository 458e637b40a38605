"""Sources must be there before the first node runs, not when their turn comes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lapa.data.sources.registry import adapter_of
from lapa.params.mixture import DatasetParams
from lapa.refused import RefusedError


def require_sources(parameters: Mapping[str, Any]) -> None:
    """Refuse sources of an unknown kind and paths that do not exist.

    Args:
        parameters: of the nodes that will run, by dataset name.

    Raises:
        RefusedError: one line for each source.
    """
    datasets = {
        name.removeprefix("params:"): value
        for name, value in parameters.items()
        if isinstance(value, DatasetParams) and not value.is_recorded
    }
    wrong = [problem for name, source in datasets.items() if (problem := _wrong(name, source))]
    if wrong:
        raise RefusedError("\n".join(wrong))


def _wrong(where: str, source: DatasetParams) -> str | None:
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
