"""Where the differences between cells come from: seeds, labelled subsets, or the rest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lapa.evaluation.study.statistics.grid import Grid


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Standard deviations of what seeds, subsets and the rest add to a cell, and the extreme seeds."""

    between_seeds: float
    between_subsets: float
    rest: float
    """Of seed and subset together, and of the finite number of scenes."""
    subsets: int
    worst_seed: tuple[int, float]
    """The seed whose mean is lowest, and its mean."""
    best_seed: tuple[int, float]


def spread(grid: Grid) -> Spread | None:
    """Variance components of the cell means of a two-way layout, negative ones taken as zero.

    Expected mean squares of the crossed design without replicates (Searle, Casella & McCulloch 1992,
    "Variance Components", chapter 4). Scenes are the same for all cells, so what they have in common drops out.

    Returns:
        None where a cell is missing, or there are fewer than two seeds or subsets.
    """
    seeds, subsets = grid.cell_means.shape
    if not grid.has_every_cell or min(seeds, subsets) < 2:
        return None
    means = grid.cell_means
    by_seed, by_subset = means.mean(axis=1), means.mean(axis=0)
    rest = means - by_seed[:, None] - by_subset[None, :] + means.mean()
    of_rest = float((rest**2).sum() / ((seeds - 1) * (subsets - 1)))
    of_seeds = float(by_seed.var(ddof=1)) - of_rest / subsets
    of_subsets = float(by_subset.var(ddof=1)) - of_rest / seeds
    worst, best = int(by_seed.argmin()), int(by_seed.argmax())
    return Spread(
        between_seeds=float(np.sqrt(max(0.0, of_seeds))),
        between_subsets=float(np.sqrt(max(0.0, of_subsets))),
        rest=float(np.sqrt(of_rest)),
        subsets=subsets,
        worst_seed=(grid.seeds[worst], float(by_seed[worst])),
        best_seed=(grid.seeds[best], float(by_seed[best])),
    )
