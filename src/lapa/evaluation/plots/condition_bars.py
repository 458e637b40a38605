"""Bars with intervals, a panel per question and a bar per condition: what is measured beside its controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from lapa.evaluation.plots.style import BLUE, GRAY, saved_plot
from lapa.records import Metric

Bars = Mapping[str, Metric]
"""Condition in words -> what was measured under it."""


def plot_conditions(
    panels_by_axis: Mapping[str, Bars], controls: Sequence[str], heading: str, path: Path
) -> None:
    """Draw horizontal bars.

    Args:
        panels_by_axis: text of the x axis, with the unit -> bars; all panels have the same conditions.
        controls: conditions that are controls, drawn in grey.
        heading: of the plot.
        path: PNG to write.
    """
    conditions = list(next(iter(panels_by_axis.values())))
    size = (3.2 * len(panels_by_axis) + 2.2, 0.36 * len(conditions) + 1.3)
    places = list(range(len(conditions)))[::-1]
    with saved_plot(
        path, ncols=len(panels_by_axis), sharey=True, squeeze=False, figsize=size
    ) as panels:
        for panel, (axis, bars) in zip(panels[0], panels_by_axis.items(), strict=True):
            for place, condition in zip(places, conditions, strict=True):
                if condition in bars:
                    _bar(panel, place, bars[condition], GRAY if condition in controls else BLUE)
            panel.axvline(0, color="black", linewidth=0.8)
            panel.set_xlabel(axis, fontsize=8)
            panel.tick_params(labelsize=8)
        panels[0, 0].set_yticks(places, conditions)
        panels[0, 0].figure.suptitle(heading, fontsize=9)


def _bar(panel, place, metric, color) -> None:  # type: ignore[no-untyped-def]
    panel.barh(place, metric.value, 0.7, color=color)
    if metric.low is not None and metric.high is not None:
        panel.plot([metric.low, metric.high], [place, place], color="black", linewidth=1)
