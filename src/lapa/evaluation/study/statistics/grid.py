"""Outcomes as a grid: pretraining seed x labelled subset x scene, the three things that chance decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.study.keys import distinct_seeds
from lapa.records import CellOutcomes, CellResult, require_same

MIN_TASKS = 6
"""From so many tasks on, a mean over tasks is one over tasks that might have been others: the task is
then what is drawn, not the scene. Fewer are these tasks and no others."""
Values = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """What was measured at one place of a study; seeds, subsets and scenes are crossed.

    Crossed, not nested: subset 1 labels the same episodes whatever the seed, and every cell meets the same scenes.
    """

    values: Values
    """``(seed, subset, unit)``; NaN where a cell is missing."""
    seeds: tuple[int, ...]
    subsets: tuple[int, ...]
    scenes: tuple[int, ...] = ()
    """What tells whether two grids met the same scenes: first seed and number, criterion by criterion."""

    @property
    def cell_means(self) -> Values:
        """``(seed, subset)``; NaN where a cell is missing."""
        return np.asarray(self.values.mean(axis=2))

    @property
    def has_every_cell(self) -> bool:
        """Whether no cell is missing."""
        return not bool(np.isnan(self.values).any())


def success_grid(cells: Sequence[CellResult], criteria: Sequence[str]) -> Grid | None:
    """Success at one place, averaged over tasks where there are several criteria.

    Args:
        cells: of one setting, arm, variant and budget.
        criteria: of up to `MIN_TASKS` - 1 tasks the mean is taken scene by scene; with more tasks the
            unit is the task.

    Returns:
        None where no cell has all criteria, or the criteria have different numbers of scenes.

    Raises:
        ValueError: a cell met other scenes than the rest.
    """
    having = [cell for cell in cells if set(criteria) <= set(cell.outcomes)]
    if not having:
        return None
    scenes = _scenes(having[0], criteria)
    for cell in having:
        require_same(
            f"scenes (first seed, number) of cell {cell.key.name}",
            _scenes(cell, criteria),
            scenes,
            remedy=f"evaluate it on those of cell {having[0].key.name}, or delete its result and run the study again",
        )
    by_task = len(criteria) >= MIN_TASKS
    if not by_task and len(set(scenes[1::2])) > 1:
        return None
    return _filled(having, [_units(cell, criteria, by_task=by_task) for cell in having], scenes)


def metric_grid(cells: Sequence[CellResult], metric: str) -> Grid | None:
    """One number a cell, such as ``latency_ms``; None where no cell has it."""
    having = [cell for cell in cells if metric in cell.metrics]
    if not having:
        return None
    return _filled(having, [np.array([cell.metrics[metric]]) for cell in having], ())


def common_cells(*grids: Grid) -> tuple[Grid, ...] | None:
    """The grids cut down to the seeds and subsets that all of them have, so that they are paired.

    Returns:
        None where they have no cell, or not the same scenes, in common.
    """
    seeds = sorted(set.intersection(*(set(grid.seeds) for grid in grids)))
    subsets = sorted(set.intersection(*(set(grid.subsets) for grid in grids)))
    if not seeds or not subsets or len({grid.scenes for grid in grids}) > 1:
        return None
    cut = [_cut(grid, seeds, subsets) for grid in grids]
    missing = np.asarray(np.isnan(np.stack(cut)).any(axis=(0, 3)))
    if missing.all():
        return None
    # a seed or subset of which nothing is left would make every mean along its axis no number
    rows, columns = np.flatnonzero(~missing.all(axis=1)), np.flatnonzero(~missing.all(axis=0))
    return tuple(
        Grid(
            values=np.where(missing[..., None], np.nan, values)[np.ix_(rows, columns)],
            seeds=tuple(seeds[row] for row in rows),
            subsets=tuple(subsets[column] for column in columns),
            scenes=grid.scenes,
        )
        for values, grid in zip(cut, grids, strict=True)
    )


def _cut(grid: Grid, seeds: Sequence[int], subsets: Sequence[int]) -> Values:
    rows = [grid.seeds.index(seed) for seed in seeds]
    columns = [grid.subsets.index(subset) for subset in subsets]
    return grid.values[np.ix_(rows, columns)]


def _filled(cells: Sequence[CellResult], units: Sequence[Values], scenes: tuple[int, ...]) -> Grid:
    seeds, subsets = distinct_seeds(cells)
    values = np.full((len(seeds), len(subsets), len(units[0])), np.nan)
    for cell, of_cell in zip(cells, units, strict=True):
        values[seeds.index(cell.key.seed), subsets.index(cell.key.subset)] = of_cell
    return Grid(values=values, seeds=tuple(seeds), subsets=tuple(subsets), scenes=scenes)


def _units(cell: CellResult, criteria: Sequence[str], *, by_task: bool) -> Values:
    tasks = [_successes(cell.outcomes[name]) for name in criteria]
    if by_task:
        return np.array([task.mean() for task in tasks])
    return np.asarray(np.mean(tasks, axis=0))


def _successes(outcomes: CellOutcomes) -> Values:
    return np.array([float(success) for success in outcomes.successes])


def _scenes(cell: CellResult, criteria: Sequence[str]) -> tuple[int, ...]:
    of = [cell.outcomes[name] for name in criteria]
    return tuple(number for one in of for number in (one.first_seed, len(one.successes)))
