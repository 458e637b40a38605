"""How trials ended, as stacked bars."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from lapa.evaluation.plots.style import CYCLE, GREEN, saved_plot

SUCCESS = "success"
_COLORS = tuple(color for color in CYCLE if color != GREEN)
"""Green is success's."""


def plot_endings(by_arm: Mapping[str, Mapping[str, float]], title: str, path: Path) -> None:
    """Draw one bar an arm, divided by how its trials ended.

    Args:
        by_arm: share of trials by ending (`SUCCESS` among them), by arm.
        title: of the plot.
        path: PNG to write.
    """
    endings = list(dict.fromkeys(name for shares in by_arm.values() for name in shares))
    endings.sort(key=lambda name: name != SUCCESS)
    arms = list(by_arm)
    with saved_plot(path, figsize=(7.2, 0.9 + 0.36 * len(arms))) as axes:
        left = dict.fromkeys(arms, 0.0)
        for number, ending in enumerate(endings):
            color = GREEN if ending == SUCCESS else _COLORS[(number - 1) % len(_COLORS)]
            shares = [100 * by_arm[arm].get(ending, 0.0) for arm in arms]
            axes.barh(arms, shares, left=list(left.values()), color=color, label=ending, height=0.7)
            left = {arm: left[arm] + more for arm, more in zip(arms, shares, strict=True)}
        axes.invert_yaxis()
        axes.set_xlim(0, 100)
        axes.set_xlabel("trials, %")
        axes.set_title(title)
        axes.grid(visible=False, axis="y")
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
