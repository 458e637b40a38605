"""One held-out episode over time, a panel per action dimension: does the policy follow?"""

from __future__ import annotations

from pathlib import Path

from lapa.evaluation.plots.dimension_panels import dimension_panels
from lapa.evaluation.plots.style import BLUE, GRAY
from lapa.evaluation.policies.action_traces import ActionTrace
from lapa.records import ActionStats

LONGEST = 60
"""Characters of an episode's name above the plot: some are paths, whose end tells them apart."""


def plot_action_trace(trace: ActionTrace, stats: ActionStats, path: Path) -> None:
    """Draw true and predicted actions in the units of the dimensions, over seconds.

    Args:
        trace: ``(frame, dimension)`` of both.
        stats: names and units of the dimensions.
        path: PNG to write.
    """
    shortened = trace.episode[-LONGEST:]
    heading = f"{'…' if shortened != trace.episode else ''}{shortened}, seconds below"
    with dimension_panels(stats, path, heading) as panels:
        for column, panel in enumerate(panels):
            dimension = stats.dimensions[column]
            panel.plot(trace.times_s, trace.true[:, column], color=GRAY, label="true")
            panel.plot(
                trace.times_s, trace.predicted[:, column], color=BLUE, lw=1, label="predicted"
            )
            panel.set_title(dimension.name + (" (stands still)" * dimension.still), fontsize=8)
            panel.set_xlabel("")
            panel.set_ylabel(dimension.unit, fontsize=8)
