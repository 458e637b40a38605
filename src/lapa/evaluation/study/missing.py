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
        expected: all cells of the study. None: at every place where one cell is, all seeds and subsets
            that occur anywhere in the study are expected.
    """
    present = {cell.key.name for cell in results.cells}
    wanted = _implied(results) if expected is None else list(expected)
    return [key.name for key in wanted if key.name not in present]


def _implied(results: StudyResults) -> list[CellKey]:
    seeds, subsets = distinct_seeds(results.cells)
    places = {place_of(cell.key): cell.key for cell in results.cells}
    return [
        key.model_copy(update={"seed": seed, "subset": subset})
        for key in places.values()
        for seed in seeds
        for subset in subsets
    ]
