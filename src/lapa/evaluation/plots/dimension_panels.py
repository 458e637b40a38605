"""A plot with one small panel per action dimension."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lapa.evaluation.plots.style import saved_plot
from lapa.records import ActionStats

COLUMNS = 6


@contextmanager
def dimension_panels(stats: ActionStats, path: Path, heading: str) -> Iterator[list[Any]]:
    """Yield a panel per dimension, its unit below it; the legend of the first stands for all.

    Args:
        stats: names and units of the dimensions.
        path: PNG to write.
        heading: above all panels.
    """
    count = len(stats.dimensions)
    columns = min(count, COLUMNS)
    rows = -(-count // columns)
    size = (2.0 * columns + 1.0, 1.9 * rows + 0.7)
    with saved_plot(path, nrows=rows, ncols=columns, squeeze=False, figsize=size) as panels:
        for panel in panels.flat[count:]:
            panel.set_visible(False)
        for panel, dimension in zip(panels.flat, stats.dimensions, strict=False):
            panel.set_xlabel(dimension.unit or "unit unknown", fontsize=8)
            panel.tick_params(labelsize=7)
        yield list(panels.flat[:count])
        figure = panels[0, 0].figure
        handles, labels = panels[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=len(labels), fontsize=8)
        figure.suptitle(heading, fontsize=10)
