"""Predicted against true actions on held-out episodes: same spread, or only the mean?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.plots.style import BLUE, GRAY, saved_plot
from lapa.records import ActionStats

BINS = 41
COLUMNS = 6


def plot_action_distribution(
    predicted: NDArray[np.floating], actions: NDArray[np.floating], stats: ActionStats, path: Path
) -> None:
    """Draw a histogram per dimension; both arrays are ``(step, action_dim)``, physical units."""
    count = len(stats.dimensions)
    columns = min(count, COLUMNS)
    rows = -(-count // columns)
    size = (2.0 * columns + 1.0, 1.9 * rows + 0.7)
    with saved_plot(path, nrows=rows, ncols=columns, squeeze=False, figsize=size) as panels:
        for panel in panels.flat[count:]:
            panel.set_visible(False)
        for column, (panel, dimension) in enumerate(
            zip(panels.flat, stats.dimensions, strict=False)
        ):
            _histograms(panel, predicted[:, column], actions[:, column])
            error = float(np.mean(np.abs(predicted[:, column] - actions[:, column])))
            panel.set_title(f"{dimension.name}\nmean error {error:.3g}", fontsize=8)
            panel.set_xlabel(dimension.unit or "unit unknown", fontsize=8)
            panel.tick_params(labelsize=7)
        panels[0, 0].set_ylabel("steps")
        figure = panels[0, 0].figure
        handles, labels = panels[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper right", ncols=2, fontsize=8)
        figure.suptitle(
            f"Actions of {len(actions)} held-out steps, predicted and true", fontsize=10
        )


def _histograms(panel, predicted, actions) -> None:  # type: ignore[no-untyped-def]
    both = np.concatenate([predicted, actions])
    edges = np.linspace(both.min() - 1e-6, both.max() + 1e-6, BINS)
    panel.hist(actions, edges, color=GRAY, alpha=0.6, label="true")
    panel.hist(predicted, edges, histtype="step", color=BLUE, linewidth=1.4, label="predicted")
