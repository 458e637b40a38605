"""All pipelines: one per folder of `lapa.pipelines`, and their sum."""

from __future__ import annotations

import pkgutil
import re

from kedro.framework.project import find_pipelines
from kedro.pipeline import Pipeline

import lapa.pipelines
from lapa.refused import RefusedError, alternatives


def register_pipelines() -> dict[str, Pipeline]:
    """Every pipeline by name; `__default__` is the whole experiment.

    Raises:
        RefusedError: `--pipelines` names one that does not exist.
    """
    try:
        pipelines = find_pipelines(raise_errors=True)
    except ImportError as error:
        _refuse_unknown(str(error))
        raise
    pipelines["__default__"] = sum(pipelines.values(), Pipeline([]))
    return pipelines


def _refuse_unknown(message: str) -> None:
    """Say so where the module that Kedro could not import is a pipeline that nobody wrote."""
    known = [room.name for room in pkgutil.iter_modules(lapa.pipelines.__path__) if room.ispkg]
    named = re.search(rf"'{lapa.pipelines.__name__}\.([^']*)'", message)
    if named and named[1] not in known:
        raise RefusedError(f"no pipeline {named[1]!r}{alternatives(named[1], sorted(known))}")
