"""The mean flow of every token as an arrow, a row per dataset and a column per code position."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from lapa.evaluation.codes.compass import Direction
from lapa.evaluation.plots.compass_rose import draw_arrow
from lapa.evaluation.plots.style import saved_plot

MAX_POSITIONS, MAX_ROWS, MAX_ARROWS = 4, 5, 12


def plot_dataset_compass(
    arrows: Mapping[str, Sequence[Direction]], heading: str, path: Path
) -> None:
    """Draw the commonest tokens; every row has a scale of its own, because datasets move at their own pace.

    Args:
        arrows: dataset -> its directions, in shares of the picture's width.
        heading: of the plot.
        path: PNG to write.
    """
    shown = dict(list(arrows.items())[:MAX_ROWS])
    positions = sorted({a.position for of_one in shown.values() for a in of_one})[:MAX_POSITIONS]
    grid = {"nrows": len(shown), "ncols": len(positions), "squeeze": False}
    size = (max(2.4 * len(positions) + 0.8, 5.0), 2.5 * len(shown) + 0.9)
    with saved_plot(path, figsize=size, **grid) as panels:
        for row, (name, of_one) in zip(panels, shown.items(), strict=True):
            reach = 1.25 * max(max(abs(d.x), abs(d.y)) + d.radius for d in of_one)
            for panel, position in zip(row, positions, strict=True):
                for arrow in _commonest(of_one, position):
                    draw_arrow(panel, arrow, reach)
                panel.set_xlim(-reach, reach)
                panel.set_ylim(reach, -reach)
                panel.set_aspect("equal")
                panel.tick_params(labelsize=7)
                panel.locator_params(nbins=4)
            row[0].set_ylabel(name, fontsize=9)
        for panel, position in zip(panels[0], positions, strict=True):
            panel.set_title(f"code position {position}", fontsize=9)
        figure = panels[0, 0].figure
        figure.supxlabel("mean flow to the right [width of the picture]", fontsize=9)
        figure.supylabel("mean flow downwards [width of the picture]", fontsize=9)
        figure.suptitle(heading, fontsize=10)


def _commonest(arrows: Sequence[Direction], position: int) -> list[Direction]:
    there = [arrow for arrow in arrows if arrow.position == position]
    return sorted(there, key=lambda arrow: -arrow.count)[:MAX_ARROWS]
