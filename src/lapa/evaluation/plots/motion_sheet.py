"""Frames side by side with an arrow for what moved in them: a contact sheet of motion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.plots.style import BLUE, GREEN, saved_plot

ENLARGED = 6
"""Arrows are so many times as long as the motion, which is a few pixels."""
TRUE, DRAWN = GREEN, BLUE
"""Colours of arrows: motion of true frames, and of what a decoder draws."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of frames."""

    heading: str
    images: NDArray[np.uint8]
    """``uint8 (row, height, width, 3)``"""
    arrows: NDArray[np.float32] | None = None
    """``(row, 2)``: right and down, fractions of the image's width; None draws none."""
    color: str = DRAWN


def plot_motion_sheet(
    columns: Sequence[Column], titles: Sequence[str], heading: str, path: Path
) -> None:
    """Draw one row per pair.

    Args:
        columns: all of one length.
        titles: text beside each row.
        heading: of the plot.
        path: PNG to write.
    """
    rows = len(titles)
    size = (1.5 * len(columns) + 0.7, 1.5 * rows + 1.0)
    with saved_plot(path, nrows=rows, ncols=len(columns), squeeze=False, figsize=size) as panels:
        for column, of_column in enumerate(columns):
            panels[0, column].set_title(of_column.heading, fontsize=8)
            for row, image in enumerate(of_column.images):
                panel = panels[row, column]
                _show(panel, image)
                if of_column.arrows is not None:
                    _arrow(panel, of_column.arrows[row], image.shape[1], of_column.color)
        for panel, title in zip(panels[:, 0], titles, strict=True):
            panel.set_ylabel(title, fontsize=7)
        legend = f"Arrows: weighted mean flow, {ENLARGED} times as long; green true, blue drawn by the decoder."
        panels[0, 0].figure.suptitle(f"{heading}\n{legend}", fontsize=9)


def _show(panel, image) -> None:  # type: ignore[no-untyped-def]
    panel.imshow(image, interpolation="nearest")
    panel.set_xticks([])
    panel.set_yticks([])
    panel.grid(visible=False)
    panel.set_xlim(-0.5, image.shape[1] - 0.5)
    panel.set_ylim(image.shape[0] - 0.5, -0.5)


def _arrow(panel, motion, width, color) -> None:  # type: ignore[no-untyped-def]
    """An arrow from the centre; white around it, so that it shows on any picture."""
    center = (width - 1) / 2
    tip = center + ENLARGED * width * motion.astype(float)
    for edge, line in (("white", 3.5), (color, 1.8)):
        panel.annotate(
            "",
            xy=tuple(tip),
            xytext=(center, center),
            arrowprops={
                "arrowstyle": "->",
                "color": edge,
                "linewidth": line,
                "shrinkA": 0,
                "shrinkB": 0,
            },
        )
