"""Predicted against true actions on held-out episodes: same spread, or only the mean?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.figures.style import BLUE, GREY, drawn
from lapa.records import ActionStats

BINS = 41


def draw_action_distribution(
    predicted: NDArray[np.floating], actions: NDArray[np.floating], stats: ActionStats, path: Path
) -> None:
    """Draw a histogram per dimension; both arrays are ``(step, action_dim)``, physical units."""
    count = len(stats.dimensions)
    with drawn(path, ncols=count, squeeze=False, figsize=(2.3 * count + 0.8, 2.6)) as panels:
        for column, (panel, dimension) in enumerate(zip(panels[0], stats.dimensions, strict=True)):
            both = np.concatenate([predicted[:, column], actions[:, column]])
            edges = np.linspace(both.min() - 1e-6, both.max() + 1e-6, BINS)
            panel.hist(actions[:, column], edges, color=GREY, alpha=0.6, label="true")
            panel.hist(
                predicted[:, column],
                edges,
                histtype="step",
                color=BLUE,
                linewidth=1.4,
                label="predicted",
            )
            error = float(np.mean((predicted[:, column] - actions[:, column]) ** 2))
            panel.set_title(f"{dimension.name}\nMSE {error:.3g}")
            panel.set_xlabel(dimension.unit or "unit unknown")
        panels[0, 0].set_ylabel("steps")
        panels[0, -1].legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        panels[0, 0].figure.suptitle(
            f"Actions of {len(actions)} held-out steps, predicted and true", fontsize=10
        )
