"""The file of a study: read, checked, and found to be what it says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml

from lapa.hooks.preflight.parameter_names import wrong_in
from lapa.params.base import Params
from lapa.params.study import StudyParams
from lapa.refused import RefusedError

P = TypeVar("P", bound=Params)


@dataclass(frozen=True)
class Study:
    """A study, and where its results lie."""

    name: str
    """The file's, without its ending."""
    file: Path
    params: StudyParams
    results: Path
    """Folder of one file for each cell."""
    kind: str = "study"
    """``study``, or ``sweep``, whose trials are cells of studies: in the names of folders, the page and the MLflow run."""
    ends_with_policy: bool = True
    """Whether its cells are made; None are where only what they descend from is wanted."""


def read_study(file: Path) -> Study:
    """Read and check the file of a study.

    Raises:
        RefusedError: it is no YAML mapping, or has an unknown key or a value that is not accepted: a line
            for each, with the nearest known key.
    """
    params = read_checked(
        file, StudyParams, "study", expected="question, settings and arms (docs/studies.md)"
    )
    return Study(
        name=file.stem, file=file, params=params, results=results_folder(file, params.results)
    )


def results_folder(file: Path, said: str) -> Path:
    """Where results lie: what the file says, or ``results/NAME`` beside it."""
    return Path(said) if said else file.parent / "results" / file.stem


def read_checked(file: Path, model: type[P], name: str, *, expected: str) -> P:
    """Read a YAML file as parameters of a class.

    Args:
        file: to be read.
        model: checks it.
        name: put before the names of keys.
        expected: the keys that it must have, and the page that explains them.

    Raises:
        RefusedError: it is no YAML mapping, or the class does not accept it: a line for each reason.
    """
    said = _mapping(file, expected)
    if wrong := list(wrong_in(name, model, said, ())):
        raise RefusedError("\n".join(f"{file}: {line}" for line in wrong))
    return model.model_validate(said)


def _mapping(file: Path, expected: str) -> dict[str, Any]:
    try:
        said = yaml.safe_load(file.read_text())
    except yaml.YAMLError as error:
        raise RefusedError(f"{file} is no YAML: {error}") from error
    if not isinstance(said, dict):
        raise RefusedError(
            f"{file} holds {type(said).__name__}, expected a mapping with {expected}"
        )
    return said
