"""One look for all plots: colour-blind-safe colours, light grids, no display."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from cycler import cycler

mpl.use("Agg")  # before pyplot: a cluster node has no display

import matplotlib.pyplot as plt

from lapa.params.arms import KNOWN

# Okabe & Ito, "Color Universal Design", https://jfly.uni-koeln.de/color/
BLUE, ORANGE, GREEN, RED = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PURPLE, SKY, YELLOW, GRAY = "#CC79A7", "#56B4E9", "#F0E442", "#777777"
CYCLE = (BLUE, ORANGE, GREEN, RED, PURPLE, SKY, GRAY, YELLOW)

ARM_COLORS = {arm.name: arm.color for arm in KNOWN}

_STYLE = {
    "axes.prop_cycle": cycler(color=CYCLE),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e6e6e6",
    "font.size": 9,
    "axes.titlesize": 10,
    "figure.dpi": 120,
    "savefig.bbox": "tight",
    "legend.frameon": False,
}


def arm_color(arm: str, position: int) -> str:
    """The arm's own colour everywhere, or one of the cycle for an arm nobody foresaw."""
    return ARM_COLORS.get(arm, CYCLE[position % len(CYCLE)])


@contextmanager
def saved_plot(path: Path, **subplots: Any) -> Iterator[Any]:
    """Yield the axes of a new plot; save it to ``path`` and close it at the end."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with plt.rc_context(_STYLE):
        figure, axes = plt.subplots(layout="constrained", **subplots)
        try:
            yield axes
            # no date or version inside, so that the same numbers give the same bytes
            figure.savefig(path, metadata={"Software": None})
        finally:
            plt.close(figure)
