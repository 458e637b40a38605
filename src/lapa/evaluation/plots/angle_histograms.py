"""How often a motion is how many degrees off: one curve for what is measured, others for its controls."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.motion_angle import NO_DIRECTION
from lapa.evaluation.plots.style import BLUE, GRAY, ORANGE, saved_plot

BINS = np.linspace(0, 180, 19)
COLORS = (BLUE, GRAY, ORANGE)
Curves = Mapping[str, NDArray[np.float64]]
"""Label -> errors in degrees; what is measured first, then the controls."""


def plot_angles(panels_by_title: Mapping[str, Curves], heading: str, path: Path) -> None:
    """Draw one panel per title; a direction by chance is spread evenly, 90 degrees on average.

    Args:
        panels_by_title: title -> errors by label.
        heading: of the plot.
        path: PNG to write.
    """
    count = len(panels_by_title)
    size = (max(5.2, 4.3 * count), 4.0)
    with saved_plot(path, ncols=count, squeeze=False, sharey=True, figsize=size) as panels:
        for panel, (title, curves) in zip(panels[0], panels_by_title.items(), strict=True):
            for color, (label, errors) in zip(COLORS, curves.items(), strict=False):
                _curve(panel, label, errors, color)
            panel.axvline(90, color="black", linewidth=0.8, linestyle=":")
            panel.set_xlim(0, 180)
            panel.set_xticks(range(0, 181, 45))
            panel.set_xlabel("angle between drawn and true motion, degrees")
            panel.set_title(f"{title} (n = {len(next(iter(curves.values())))})", fontsize=9)
            panel.legend(fontsize=7, loc="upper center", bbox_to_anchor=(0.5, -0.2))
        panels[0, 0].set_ylabel("share of the pairs, %")
        panels[0, 0].figure.suptitle(heading, fontsize=10)


def _curve(panel, label, errors, color) -> None:  # type: ignore[no-untyped-def]
    """A curve of the pairs that have a direction; how many have none is told in words."""
    moving = errors[errors != NO_DIRECTION]
    still = 1 - len(moving) / len(errors)
    panel.stairs(
        100 * np.histogram(moving, BINS)[0] / len(errors),
        BINS,
        color=color,
        linewidth=1.8,
        label=f"{label}: mean {errors.mean():.0f}°"
        + (f" ({100 * still:.0f} % stand still: 90°)" if still else ""),
    )
