"""The file of a study: read, checked, and found to be what it says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lapa.hooks.preflight.parameter_names import wrong_in
from lapa.params.study import StudyParams
from lapa.refused import RefusedError


@dataclass(frozen=True)
class Study:
    """A study, and where its results lie."""

    name: str
    """The file's, without its ending."""
    file: Path
    params: StudyParams
    results: Path
    """Folder of one file for each cell."""


def read_study(file: Path) -> Study:
    """Read and check the file of a study.

    Raises:
        RefusedError: it is no YAML mapping, or has an unknown key or a value that is not accepted: a line
            for each, with the nearest known key.
    """
    said = _mapping(file)
    if wrong := list(wrong_in("study", StudyParams, said, ())):
        raise RefusedError("\n".join(f"{file}: {line}" for line in wrong))
    params = StudyParams.model_validate(said)
    results = Path(params.results) if params.results else file.parent / "results" / file.stem
    return Study(name=file.stem, file=file, params=params, results=results)


def _mapping(file: Path) -> dict[str, Any]:
    try:
        said = yaml.safe_load(file.read_text())
    except yaml.YAMLError as error:
        raise RefusedError(f"{file} is no YAML: {error}") from error
    if not isinstance(said, dict):
        raise RefusedError(
            f"{file} holds {type(said).__name__}, expected a mapping with question, settings and arms "
            "(docs/studies.md)"
        )
    return said
