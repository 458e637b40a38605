"""The bootstrap over seeds, subsets and scenes, all arms in the same draws; shown beside the t interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.study.statistics.crossed import LEVEL, Estimate, margins, too_few
from lapa.evaluation.study.statistics.grid import Grid

DRAWS = 10_000


def bootstrap_means(
    grids: Sequence[Grid], *, draws: int = DRAWS, seed: int = 0
) -> NDArray[np.float64]:
    """Means of every grid in every draw, ``(grid, draw)``.

    A draw takes as many seeds, subsets and scenes as there are, each with replacement and each for all grids
    alike: the pigeonhole bootstrap (Owen 2007, doi:10.1214/07-AOAS122), because the three are crossed.
    A draw that meets only missing cells is NaN.

    Args:
        grids: of the same seeds, subsets and scenes (`common_cells`).
        draws: how many.
        seed: of the draws.
    """
    random = np.random.default_rng(seed)
    of_seed, of_subset, of_unit = (
        random.multinomial(length, np.full(length, 1 / length), size=draws).astype(np.float64)
        for length in grids[0].values.shape
    )
    cells = of_seed[:, :, None] * of_subset[:, None, :]
    return np.stack([_means(grid, cells, of_unit) for grid in grids])


def bootstrap_estimate(grid: Grid, *, draws: int = DRAWS, seed: int = 0) -> Estimate:
    """Mean of the grid with the percentile interval."""
    value = margins(grid).value
    if reason := too_few(grid):
        return Estimate(value=value, reason=reason)
    means = bootstrap_means([grid], draws=draws, seed=seed)[0]
    low, high = np.nanquantile(means, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return Estimate(value=value, low=float(low), high=float(high))


def _means(
    grid: Grid, cells: NDArray[np.float64], of_unit: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weighted means ``(draw,)``; cells are ``(draw, seed, subset)``, units ``(draw, unit)``."""
    present = ~np.isnan(grid.cell_means)
    weights = cells * present
    drawn = np.tensordot(of_unit, np.nan_to_num(grid.values), axes=(1, 2)) / grid.values.shape[2]
    total = weights.sum(axis=(1, 2))
    sums = (weights * drawn).sum(axis=(1, 2))
    return np.asarray(np.divide(sums, total, out=np.full(len(total), np.nan), where=total > 0))
