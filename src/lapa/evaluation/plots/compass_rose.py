"""The mean motion of every code as an arrow, with its 95 % circle."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.patches import Circle

from lapa.evaluation.codes.compass import MIN_SAMPLES, Direction
from lapa.evaluation.plots.style import CYCLE, saved_plot


def plot_compass(arrows: Sequence[Direction], axes: tuple[str, str], path: Path) -> None:
    """Draw one panel per code position; arrow length is the mean motion.

    Args:
        arrows: as `lapa.evaluation.codes.compass.directions` gives them.
        axes: what each axis shows, with its unit.
        path: PNG to write.
    """
    positions = sorted({direction.position for direction in arrows})[:4]
    reach = 1.25 * max((max(abs(d.x), abs(d.y)) + d.radius for d in arrows), default=1.0) or 1.0
    size = (max(2.9 * len(positions) + 0.6, 5.0), 3.8)
    with saved_plot(path, ncols=max(len(positions), 1), squeeze=False, figsize=size) as panels:
        for position, panel in zip(positions, panels[0], strict=False):
            for direction in (d for d in arrows if d.position == position):
                draw_arrow(panel, direction, reach)
            panel.set_xlim(-reach, reach)
            panel.set_ylim(-reach, reach)
            panel.set_aspect("equal")
            panel.set_title(f"code position {position}")
        figure = panels[0, 0].figure
        figure.supxlabel(f"mean {axes[0]}", fontsize=9)
        figure.supylabel(f"mean {axes[1]}", fontsize=9)
        figure.suptitle(
            "Compass: mean true motion of each code (number); circle: 95 % of the mean;\n"
            f"codes seen less than {MIN_SAMPLES} times are left out",
            fontsize=10,
        )


def draw_arrow(panel: Any, direction: Direction, reach: float) -> None:
    """Draw the mean motion of a code from the origin, its 95 % circle, and its number.

    Args:
        panel: axes, from ``-reach`` to ``reach``.
        direction: of the code.
        reach: half the width of the panel, in the unit of the motion.
    """
    color = CYCLE[direction.code % len(CYCLE)]
    panel.annotate(
        "",
        xy=(direction.x, direction.y),
        xytext=(0, 0),
        arrowprops={"arrowstyle": "-|>", "color": color, "linewidth": 1.8},
    )
    panel.add_patch(Circle((direction.x, direction.y), direction.radius, color=color, alpha=0.25))
    length = max((direction.x**2 + direction.y**2) ** 0.5, 1e-9)
    label = 1 + 0.09 * reach / length
    panel.text(
        direction.x * label,
        direction.y * label,
        str(direction.code),
        ha="center",
        va="center",
        fontweight="bold",
    )
