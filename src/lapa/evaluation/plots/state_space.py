"""Where each code occurs in the state space: one panel a code, all pairs behind it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.plots.style import CYCLE, GRAY, saved_plot

MAX_CODES = 8
COLUMNS = 4


def plot_state_space(
    codes: NDArray[np.int64],
    states: NDArray[np.float64],
    axes: tuple[str, str],
    heading: str,
    path: Path,
) -> None:
    """Draw the pairs of each of the commonest codes over those of all, with their mean.

    Args:
        codes: ``(pair,)`` of one position.
        states: ``(pair, 2)`` at t.
        axes: what each axis shows.
        heading: of the plot.
        path: PNG to write.
    """
    values, counts = np.unique(codes, return_counts=True)
    common = np.sort(values[np.argsort(-counts, kind="stable")][:MAX_CODES])
    rows = -(-len(common) // COLUMNS)
    with saved_plot(
        path,
        nrows=rows,
        ncols=min(COLUMNS, len(common)),
        sharex=True,
        sharey=True,
        squeeze=False,
        figsize=(9.6, 2.3 * rows + 1.0),
    ) as panels:
        center = states.mean(axis=0)
        for panel in panels.ravel()[len(common) :]:
            panel.set_visible(False)
        for panel, code in zip(panels.ravel(), common.tolist(), strict=False):
            own = states[codes == code]
            panel.scatter(*states.T, s=3, color=GRAY, alpha=0.15, linewidths=0)
            panel.scatter(*own.T, s=6, color=CYCLE[code % len(CYCLE)], alpha=0.6, linewidths=0)
            panel.plot(*center, marker="+", ms=10, color="black", ls="")
            panel.plot(*own.mean(axis=0), marker="X", ms=7, mec="white", color="black", ls="")
            panel.set_title(f"code {code}: {len(own)} pairs", fontsize=9)
        figure = panels[0, 0].figure
        figure.supxlabel(axes[0], fontsize=9)
        figure.supylabel(axes[1], fontsize=9)
        figure.suptitle(heading, fontsize=10)
