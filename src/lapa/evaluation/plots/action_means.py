"""Mean predicted against mean true action, a point per held-out episode, a panel per dimension."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lapa.evaluation.plots.dimension_panels import dimension_panels
from lapa.evaluation.plots.style import BLUE, GRAY, RED
from lapa.evaluation.policies.action_moments import ActionMoments
from lapa.records import ActionStats


def plot_action_means(moments: ActionMoments, stats: ActionStats, path: Path) -> None:
    """Draw every episode's means, and the mean over all steps as a cross.

    Points on the diagonal: the policy tells episodes apart. A flat row: it always does the same.
    """
    true, predicted = (moments.episode_means(side) for side in ("true", "predicted"))
    steps = sum(moments.steps)
    heading = f"Mean actions of {len(true)} held-out episodes (cross: of all {steps} steps)"
    with dimension_panels(stats, path, heading) as panels:
        for column, panel in enumerate(panels):
            x, y = true[:, column], predicted[:, column]
            ends = [min(x.min(), y.min()), max(x.max(), y.max())]
            panel.plot(ends, ends, color=GRAY, linewidth=0.8, label="equal")
            panel.scatter(x, y, s=8, color=BLUE, alpha=0.6, label="an episode")
            whole = [np.sum(moments.sums[side][:, column]) / steps for side in moments.sums]
            panel.plot(*whole, "+", color=RED, markersize=10, label="all steps")
            panel.set_title(stats.dimensions[column].name, fontsize=8)
            panel.set_ylabel("predicted", fontsize=8)
