"""How trials ended, as stacked bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from lapa.envs.base import SUCCESS
from lapa.evaluation.plots.style import CYCLE, GREEN, saved_plot

_COLORS = tuple(color for color in CYCLE if color != GREEN)
"""Green is success's."""


def plot_endings(
    by_arm: Mapping[str, Mapping[str, float]], endings: Sequence[str], title: str, path: Path
) -> None:
    """Draw one bar an arm, divided by how its trials ended.

    Args:
        by_arm: share of trials by ending (`SUCCESS` among them), by arm.
        endings: of failures, in the order of their colours; those that no arm has are left out.
        title: of the plot.
        path: PNG to write.
    """
    colors = {SUCCESS: GREEN} | {e: _COLORS[i % len(_COLORS)] for i, e in enumerate(endings)}
    arms = list(by_arm)
    with saved_plot(path, figsize=(7.2, 0.9 + 0.36 * len(arms))) as axes:
        left = dict.fromkeys(arms, 0.0)
        for ending, color in colors.items():
            if not any(ending in shares for shares in by_arm.values()):
                continue
            parts = [100 * by_arm[arm].get(ending, 0.0) for arm in arms]
            axes.barh(arms, parts, left=list(left.values()), color=color, label=ending, height=0.7)
            left = {arm: left[arm] + more for arm, more in zip(arms, parts, strict=True)}
        axes.invert_yaxis()
        axes.set_xlim(0, 100)
        axes.set_xlabel("trials, %")
        axes.set_title(title)
        axes.grid(visible=False, axis="y")
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
