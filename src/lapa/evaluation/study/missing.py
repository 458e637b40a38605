"""Cells that a study's grid has room for and that are not there."""

from __future__ import annotations

from collections.abc import Sequence

from lapa.evaluation.study.keys import distinct_seeds, place_of
from lapa.evaluation.study.results import StudyResults
from lapa.records import CellKey


def missing_cells(results: StudyResults, expected: Sequence[CellKey] | None) -> list[str]:
    """Names of the cells that are not there.

    Args:
        results: of the study.
        expected: all cells of the study, without those that it restricts itself not to have. None: at every
            place where one cell is, all seeds and subsets are expected that occur in its setting and variant.
    """
    present = {cell.key.name for cell in results.cells}
    wanted = _implied(results) if expected is None else list(expected)
    return [key.name for key in wanted if key.name not in present]


def _implied(results: StudyResults) -> list[CellKey]:
    places = {place_of(cell.key): cell.key for cell in results.cells}
    keys = []
    for key in places.values():
        beside = [c for c in results.cells if _compared(c.key) == _compared(key)]
        seeds, subsets = distinct_seeds(beside)
        keys += [
            key.model_copy(update={"seed": seed, "subset": subset})
            for seed in seeds
            for subset in subsets
        ]
    return keys


def _compared(key: CellKey) -> tuple[str, str]:
    """What cells share that are expected to have the same seeds and subsets."""
    return key.setting, key.variant
