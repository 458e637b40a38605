"""What plots of a study share: every cell as a faint dot, an interval as a whisker."""

from __future__ import annotations

from typing import Any

import numpy as np

from lapa.evaluation.study.statistics.crossed import Estimate
from lapa.evaluation.study.statistics.grid import Grid


def cell_dots(axes: Any, x: float, grid: Grid, *, width: float, color: str) -> None:
    """Draw the mean of every cell in percent, side by side within ``width`` around ``x``."""
    means = grid.cell_means.ravel()
    places = x + width * np.linspace(-0.5, 0.5, len(means)) if len(means) > 1 else [x]
    axes.scatter(places, 100 * means, s=7, color=color, alpha=0.35, linewidths=0, zorder=4)


def whisker(axes: Any, x: float, mean: Estimate, *, color: str) -> None:
    """Draw the interval in percent; nothing where there is none."""
    if mean.low is None or mean.high is None:
        return
    below, above = 100 * (mean.value - mean.low), 100 * (mean.high - mean.value)
    error = [[max(0.0, below)], [max(0.0, above)]]
    axes.errorbar(x, 100 * mean.value, yerr=error, color=color, capsize=3, linewidth=1, zorder=3)
