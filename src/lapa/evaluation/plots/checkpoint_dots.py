"""Checkpoints side by side: a panel a metric, a row a checkpoint, its interval above the band of its control."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lapa.evaluation.plots.score_dots import draw_score, legend_of_verdicts
from lapa.evaluation.plots.style import saved_plot
from lapa.evaluation.score import Better
from lapa.evaluation.scorecard.comparison import Column, Row

ACROSS = 4
"""Panels in a row."""
SIDES: dict[Better, str] = {"higher": "higher is better →", "lower": "← lower is better"}


def plot_checkpoints(columns: Sequence[Column], rows: Sequence[Row], path: Path) -> None:
    """Draw every metric in a panel of its own.

    Args:
        columns: the checkpoints, at least one; the first is on top.
        rows: the metrics, at least one.
        path: PNG to write.
    """
    across = min(ACROSS, len(rows))
    down = -(-len(rows) // across)
    size = (2.3 * across + 1.4, down * (0.24 * len(columns) + 0.9) + 0.4)
    with saved_plot(
        path, nrows=down, ncols=across, figsize=size, squeeze=False, sharey=True
    ) as panels:
        for panel, row in zip(panels.flat, rows, strict=False):
            _draw(panel, columns, row)
        for panel in list(panels.flat)[len(rows) :]:
            panel.set_visible(False)
        panels[0, 0].figure.legend(
            handles=legend_of_verdicts(), loc="outside lower center", ncols=4, fontsize=8
        )


def _draw(panel, columns: Sequence[Column], row: Row) -> None:  # type: ignore[no-untyped-def]
    panel.use_sticky_edges = False  # the bands of controls would cut off what lies at their ends
    for place, line in enumerate(row.lines):
        if line is not None:
            draw_score(panel, place, line)
    panel.set_yticks(range(len(columns)), [column.name for column in columns])
    panel.set_ylim(len(columns) - 0.4, -0.6)
    panel.margins(x=0.06)
    panel.tick_params(labelsize=7)
    panel.set_title(row.metric.replace("/", "/\n", 1), fontsize=8)
    panel.set_xlabel(SIDES[row.better], fontsize=7)
