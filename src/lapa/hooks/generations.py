"""Which artefacts are there, what made them, and which of them would be made differently now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from kedro.io import DataCatalog

from lapa.datasets.made_with import MadeWith, recorded_digest
from lapa.datasets.record_folder import RecordFolderDataset
from lapa.folders.asked import Difference, differences, fact_of
from lapa.params.sections import class_of
from lapa.refused import RefusedError

_PARAMETERS = "params:"


class Artefact(NamedTuple):
    """One artefact on disk."""

    dataset: str
    folder: Path
    made: MadeWith


def artefacts_in(catalog: DataCatalog, names: Iterable[str]) -> Iterator[Artefact]:
    """Those of the datasets that exist and say what made them."""
    for name in sorted(names):
        if (folder := _folder(catalog, name)) and (made := MadeWith.read(folder)):
            yield Artefact(name, folder, made)


def require_own_places(artefacts: Iterable[Artefact]) -> None:
    """Refuse artefacts that were made as another dataset: the control's copied over the arm's.

    Raises:
        RefusedError: one line for each.
    """
    wrong = [
        f"{folder} holds {made.dataset!r} (made by node {made.node}), expected {name!r}: it was copied "
        "from another place; delete the folder and make it again"
        for name, folder, made in artefacts
        if made.dataset != name
    ]
    if wrong:
        raise RefusedError("\n".join(wrong))


def stale(
    catalog: DataCatalog, artefacts: Iterable[Artefact], inputs: Mapping[str, Iterable[str]]
) -> Iterator[tuple[Artefact, list[Difference]]]:
    """Artefacts whose parameters or inputs are not what they were made with, and what differs.

    Args:
        catalog: what there is now.
        artefacts: which are looked at.
        inputs: of each dataset, those of the node that would make it now.
    """
    for artefact in artefacts:
        added = set(inputs.get(artefact.dataset, ())) - set(artefact.made.inputs)
        if changed := [*_differences(catalog, artefact.made), *_additions(catalog, added)]:
            yield artefact, changed


def made_from(names: Iterable[str], artefacts: Iterable[Artefact]) -> list[str]:
    """Datasets that descend from the named ones, those left out."""
    parents = {artefact.dataset: set(artefact.made.inputs) for artefact in artefacts}
    reached = before = set(names)
    while more := {child for child, held in parents.items() if held & reached} - reached:
        reached = reached | more
    return sorted(reached - before)


def _differences(catalog: DataCatalog, made: MadeWith) -> Iterator[Difference]:
    for name, before in made.inputs.items():
        if name.startswith(_PARAMETERS):
            section = name.removeprefix(_PARAMETERS)
            if name in catalog:
                yield from differences(before, _parameters(catalog, section), section)
        elif now := recorded_digest(_folder(catalog, name) or Path()):
            yield from differences(before, now, name)


def _additions(catalog: DataCatalog, names: Iterable[str]) -> Iterator[Difference]:
    """Artefacts that exist and were no input when the other was made: a new arm of a report."""
    for name in sorted(names):
        if now := recorded_digest(_folder(catalog, name) or Path()):
            yield Difference(name, "no input", now)


def _parameters(catalog: DataCatalog, section: str) -> Any:
    """Values of a section, complete: Kedro builds only those of the pipelines that were asked for."""
    value = catalog.load(f"{_PARAMETERS}{section}")
    known = class_of(section)
    return fact_of(known.model_validate(value) if known and isinstance(value, Mapping) else value)


def _folder(catalog: DataCatalog, name: str) -> Path | None:
    if name.startswith(_PARAMETERS) or name not in catalog:
        return None
    dataset = catalog.get(name)
    if not isinstance(dataset, RecordFolderDataset) or not dataset.exists():
        return None
    return dataset.folder
