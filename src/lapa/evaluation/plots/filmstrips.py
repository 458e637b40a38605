"""Closed-loop episodes as strips of frames: what the policy actually did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.plots.style import GREEN, RED, saved_plot

FRAMES = 8


@dataclass(frozen=True, kw_only=True)
class Strip:
    """One episode to show."""

    frames: NDArray[np.uint8]
    """``uint8 (frame, height, width, 3)``"""
    title: str
    success: bool


def plot_filmstrips(strips: Sequence[Strip], heading: str, path: Path) -> None:
    """Draw one row per episode: evenly spaced frames, the first and the last among them."""
    size = (1.15 * FRAMES, 1.45 * len(strips) + 0.4)
    with saved_plot(path, nrows=len(strips), ncols=FRAMES, squeeze=False, figsize=size) as panels:
        for row, strip in zip(panels, strips, strict=True):
            chosen = np.linspace(0, len(strip.frames) - 1, FRAMES).round().astype(int)
            for panel, index in zip(row, chosen, strict=True):
                panel.imshow(strip.frames[index], interpolation="nearest")
                panel.set_xticks([])
                panel.set_yticks([])
                panel.grid(visible=False)
                panel.set_xlabel(f"step {index}", fontsize=6, labelpad=1)
            outcome, color = ("success", GREEN) if strip.success else ("failure", RED)
            title = row[0].text(
                0.0,
                1.06,
                f"{outcome}: {strip.title}",
                transform=row[0].transAxes,
                fontsize=8,
                color=color,
            )
            title.set_in_layout(False)  # it is wider than its frame and would push the next away
        figure = panels[0, 0].figure
        figure.get_layout_engine().set(h_pad=0.13)
        figure.suptitle(heading, fontsize=9)
