"""The commonest code sequences: a bar for how often, an arrow for what moves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.patches import Ellipse

from lapa.evaluation.codes.motion_plane import MotionPlane
from lapa.evaluation.codes.top_sequences import TopSequence
from lapa.evaluation.plots.style import BLUE, GRAY, saved_plot
from lapa.evaluation.statistics.episode_bootstrap import Interval


def plot_top_sequences(
    chosen: Sequence[TopSequence], plane: MotionPlane, heading: str, path: Path
) -> None:
    """Draw shares on the left, mean motion with its 95 % interval on the right.

    Args:
        chosen: as `top_sequences` gives them.
        plane: in which the motion is; its pairs are drawn behind.
        heading: of the plot.
        path: PNG to write.
    """
    height = max(3.6, 0.28 * len(chosen) + 1.2)
    with saved_plot(path, ncols=2, figsize=(9.6, height)) as (bars, arrows):
        places = np.arange(len(chosen))[::-1]
        bars.barh(places, [100 * one.share for one in chosen], color=BLUE)
        bars.set_yticks(places, [one.name for one in chosen], family="monospace")
        for place, one in zip(places, chosen, strict=True):
            note = f" {one.pairs} pairs, {one.episodes} episodes"
            bars.text(100 * one.share, place, note, va="center", fontsize=7)
        bars.set_xlim(0, 145 * chosen[0].share)
        bars.set_xlabel("held-out pairs, %")
        arrows.scatter(*plane.motion.T, s=4, color=GRAY, alpha=0.15, linewidths=0)
        for one in chosen:
            _arrow(arrows, one)
        arrows.set_xlabel(plane.axes[0])
        arrows.set_ylabel(plane.axes[1])
        if plane.one_unit:
            arrows.set_aspect("equal", adjustable="datalim")
        bars.figure.suptitle(heading, fontsize=10)


def _arrow(axes: Any, one: TopSequence) -> None:
    x, y = one.mean
    style = {"arrowstyle": "-|>", "color": BLUE, "linewidth": 1.2}
    axes.annotate("", xy=(x.value, y.value), xytext=(0, 0), arrowprops=style)
    if x.low is not None and y.low is not None:
        size = _width(x), _width(y)
        axes.add_patch(Ellipse((x.value, y.value), *size, color=BLUE, alpha=0.2, lw=0))
    axes.annotate(
        one.name,
        xy=(x.value, y.value),
        xytext=(4, 3),
        textcoords="offset points",
        fontsize=7,
        family="monospace",
    )


def _width(interval: Interval) -> float:
    return (interval.high or 0.0) - (interval.low or 0.0)
