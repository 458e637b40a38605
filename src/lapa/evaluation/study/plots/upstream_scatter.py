"""Upstream figures against success, one panel a figure, one dot a quantiser or backbone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lapa.evaluation.plots.style import arm_color, saved_plot
from lapa.evaluation.study.statistics.association import Association

COLUMNS = 4


def plot_upstream(by_arm: Mapping[str, list[Association]], title: str, path: Path) -> None:
    """Draw every figure against success.

    Args:
        by_arm: the associations of every arm.
        title: of the plot.
        path: PNG to write.
    """
    metrics = list(dict.fromkeys(one.metric for of_arm in by_arm.values() for one in of_arm))
    columns = min(COLUMNS, len(metrics))
    rows = -(-len(metrics) // columns)
    size = (2.5 * columns + 1.4, 2.5 * rows + 0.4)
    with saved_plot(path, nrows=rows, ncols=columns, figsize=size, squeeze=False) as axes:
        panels = axes.ravel()
        for panel, metric in zip(panels, metrics, strict=False):
            _panel(panel, metric, by_arm)
        for empty in panels[len(metrics) :]:
            empty.set_visible(False)
        for row in axes:
            row[0].set_ylabel("success, %")
        named = {
            label: handle
            for panel in panels
            for handle, label in zip(*panel.get_legend_handles_labels(), strict=True)
        }
        panels[0].figure.legend(named.values(), named.keys(), loc="outside right upper")
        panels[0].figure.suptitle(title, fontsize=10)


def _panel(axes: Any, metric: str, by_arm: Mapping[str, list[Association]]) -> None:
    """One figure; the title has the correlation of the first arm that has one, the table those of all."""
    titles = []
    for position, (arm, associations) in enumerate(by_arm.items()):
        for one in (one for one in associations if one.metric == metric):
            successes = [100 * success for success in one.successes]
            axes.scatter(one.figures, successes, s=22, color=arm_color(arm, position), label=arm)
            if not math.isnan(rho := one.correlation.value):
                titles.append(f"{arm}: ρ = {rho:+.2f}, n = {one.n}")
    axes.set_xlabel(metric, fontsize=8)
    axes.set_title("".join(titles[:1]), fontsize=8)
