"""Predicted against true actions on held-out episodes: same spread, or only the mean?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.plots.dimension_panels import dimension_panels
from lapa.evaluation.plots.style import BLUE, GRAY
from lapa.records import ActionStats

BINS = 41


def plot_action_distribution(
    predicted: NDArray[np.floating], actions: NDArray[np.floating], stats: ActionStats, path: Path
) -> None:
    """Draw a histogram per dimension; both arrays are ``(step, action_dim)``, physical units."""
    heading = f"Actions of {len(actions)} held-out steps, predicted and true"
    with dimension_panels(stats, path, heading) as panels:
        for column, panel in enumerate(panels):
            _histograms(panel, predicted[:, column], actions[:, column])
            error = float(np.mean(np.abs(predicted[:, column] - actions[:, column])))
            name = stats.dimensions[column].name
            panel.set_title(f"{name}\nmean error {error:.3g}", fontsize=8)
        panels[0].set_ylabel("steps")


def _histograms(panel, predicted, actions) -> None:  # type: ignore[no-untyped-def]
    both = np.concatenate([predicted, actions])
    edges = np.linspace(both.min() - 1e-6, both.max() + 1e-6, BINS)
    panel.hist(actions, edges, color=GRAY, alpha=0.6, label="true")
    panel.hist(predicted, edges, histtype="step", color=BLUE, linewidth=1.4, label="predicted")
