"""Sources must be there before the first node runs, not when their turn comes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from lapa.data.remote.filesystem import filesystem_of
from lapa.data.remote.urls import require_url
from lapa.data.sources.registry import adapter_of
from lapa.params.mixture import SHARDS, DatasetParams
from lapa.params.remote import RemoteParams
from lapa.refused import RefusedError

VARIABLE = re.compile(r"\$(\w+)")
"""How a path begins whose variable is not set (`lapa.config.loader.place`)."""


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
    wrong = list(_unset(datasets))
    wrong += [problem for name, source in datasets.items() if (problem := _wrong(name, source))]
    if wrong:
        raise RefusedError("\n".join(wrong))


def _unset(datasets: Mapping[str, DatasetParams]) -> Iterator[str]:
    """One line for each variable that names a place and is not set."""
    places: dict[str, list[str]] = {}
    for name, source in datasets.items():
        if matched := VARIABLE.match(source.path):
            places.setdefault(matched[1], []).append(name)
    for variable, names in places.items():
        more = f" and {len(names) - 1} more" if len(names) > 1 else ""
        yield (
            f"{names[0]}.path{more}: environment variable {variable} is unset; set it to the folder of this "
            "data, or use another --env"
        )


def _wrong(where: str, source: DatasetParams) -> str | None:
    if source.is_remote:
        return _wrong_url(where, source)
    if wrong := _wrong_kind(where, source):
        return wrong
    path = Path(source.path)
    if path.exists() or VARIABLE.match(source.path):
        return None
    there = next(parent for parent in path.absolute().parents if parent.exists())
    return (
        f"{where}.path: {path.absolute()} does not exist, the nearest folder that does is {there}: mount "
        "what is missing, or correct the path in the environment's parameters"
    )


def _wrong_url(where: str, source: DatasetParams) -> str | None:
    """What is wrong with a source at a URL; whether something is there, its server says when its turn comes."""
    try:
        filesystem_of(require_url(source.path), RemoteParams())
    except (ValueError, RefusedError) as error:
        return f"{where}.path: {error}"
    return None if source.kind == SHARDS else _wrong_kind(where, source)


def _wrong_kind(where: str, source: DatasetParams) -> str | None:
    try:
        adapter_of(source.kind)
    except ValueError as error:
        return f"{where}.kind: {error}"
    return None
