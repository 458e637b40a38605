"""Results on disk, a file for each cell: which are there, which are stale, and what has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from enum import StrEnum
from functools import reduce
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from lapa.folders.whole_file import write_whole
from lapa.records import CellKey, CellResult
from lapa.refused import RefusedError
from lapa.studies.facts import changes
from lapa.studies.orders import CellOrder
from lapa.studies.parameters import OF_CELL

PARAMETERS = "parameters.yml"
"""Beside the results: what they were made with, by setting and variant."""
Asked = Mapping[str, Any]
"""Section -> facts, without what a single cell gives."""


class State(StrEnum):
    """Of a cell."""

    DONE = "done"
    MISSING = "missing"
    STALE = "stale"


def state_of(order: CellOrder) -> State:
    """Whether the result of a cell is there, and is that of these parameters.

    Raises:
        RefusedError: the file holds the result of another cell or study, copied or renamed.
    """
    result = read_result(order.result)
    if result is None:
        return State.MISSING
    if (result.study, result.key) != (order.study, order.key):
        raise RefusedError(
            f"{order.result} is of cell {result.key.name} of study {result.study!r}, expected "
            f"{order.key.name} of {order.study!r}: delete it, the study makes it again"
        )
    return State.DONE if result.asked == order.asked else State.STALE


def read_result(file: Path) -> CellResult | None:
    """Read the result of a cell; None where there is none.

    Raises:
        RefusedError: the file is no result.
    """
    if not file.is_file():
        return None
    try:
        return CellResult.model_validate_json(file.read_text())
    except ValidationError as error:
        raise RefusedError(
            f"{file} is no result of a cell: {error.errors()[0]['msg']}; delete it, the study makes it again"
        ) from error


def write_result(result: CellResult, file: Path) -> None:
    """Write the result of a cell, as a whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    write_whole(file, result.model_dump_json(indent=1) + "\n")


def without_cell(facts: Asked) -> dict[str, Any]:
    """The facts of a cell without what it alone gives: those of its setting and variant."""
    left = deepcopy(dict(facts))
    for name in OF_CELL:
        *way, last = name.split(".")
        reduce(lambda place, part: place.get(part, {}), way, left).pop(last, None)
    return left


class AskedFile:
    """What results were made with, by setting and variant: it says what has changed where one is stale."""

    def __init__(self, folder: Path) -> None:
        """Read it, if it is there.

        Args:
            folder: of the results.
        """
        self._file = folder / PARAMETERS
        text = self._file.read_text() if self._file.is_file() else ""
        self._asked: dict[str, Any] = yaml.safe_load(text) or {}

    def changes(self, key: CellKey, now: Asked) -> str:
        """What has changed since the results of a setting and variant were made."""
        before = self._asked.get(key.setting, {}).get(key.variant)
        if before is None:
            return f"{self._file} does not say what it was made with"
        changed = "; ".join(map(str, changes(before, now)))
        return changed or "it was made by code that takes other parameters"

    def remember(self, key: CellKey, facts: Asked) -> None:
        """Write what the results of a setting and variant are made with from now on."""
        if self._asked.get(key.setting, {}).get(key.variant) == facts:
            return
        self._asked.setdefault(key.setting, {})[key.variant] = dict(facts)
        self._file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(self._file, yaml.safe_dump(self._asked, sort_keys=True))
