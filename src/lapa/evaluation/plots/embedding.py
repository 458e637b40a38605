"""Latent vectors and the codebook in the plane, coloured by the direction of motion and by dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.codebook_plane import CodebookPlane
from lapa.evaluation.codes.embedding import Embedding
from lapa.evaluation.plots.style import CYCLE, saved_plot

HUES = mpl.colormaps["twilight_shifted"]
"""A cyclic map: directions a little above -180° and a little below 180° look alike."""


def plot_embedding(
    embedding: Embedding,
    motion: NDArray[np.float64],
    datasets: NDArray[np.str_],
    heading: str,
    path: Path,
) -> None:
    """Draw principal components and t-SNE; a second row shows datasets where there are several.

    Args:
        embedding: of some pairs.
        motion: ``(row, 2)`` of the same pairs; NaN or zero where nothing moved: grey.
        datasets: ``(row,)``
        heading: of the plot.
        path: PNG to write.
    """
    names = np.unique(datasets).tolist()
    rows = 1 + (len(names) > 1)
    with saved_plot(
        path, nrows=rows, ncols=2, squeeze=False, figsize=(9.6, 4.3 * rows + 0.4)
    ) as panels:
        shares = [f"{share:.0%} of the variance" for share in embedding.explained]
        for panels_of_row in panels:
            panels_of_row[0].set_xlabel(f"principal component 1 ({shares[0]})")
            panels_of_row[0].set_ylabel(f"principal component 2 ({shares[1]})")
            panels_of_row[1].set_xlabel("t-SNE 1 (no unit)")
            panels_of_row[1].set_ylabel("t-SNE 2 (no unit)")
        for panel, points in zip(
            panels[0], (embedding.principal, embedding.neighbors), strict=True
        ):
            panel.scatter(*points.T, c=direction_colors(motion), s=9, linewidths=0)
            if rows > 1:
                _by_dataset(panels[1][list(panels[0]).index(panel)], points, datasets, names)
        direction_wheel(panels[0, 1])
        panels[0, 0].figure.suptitle(heading, fontsize=10)


def plot_codebook(plane: CodebookPlane, heading: str, path: Path) -> None:
    """Draw every code at its place: size by use, colour by the mean direction of its pairs."""
    with saved_plot(path, figsize=(5.6, 4.4)) as axes:
        sizes = 40 + 1600 * plane.shares
        axes.scatter(*plane.points.T, s=sizes, c=direction_colors(plane.motion), alpha=0.9)
        for code, point in zip(plane.codes.tolist(), plane.points, strict=True):
            label = {"facecolor": "white", "alpha": 0.7, "pad": 0.5, "linewidth": 0}
            near = {"xytext": (8, 6), "textcoords": "offset points"}
            axes.annotate(str(code), point, **near, fontsize=8, bbox=label)
        axes.margins(0.2)
        axes.set_xlabel("principal component 1 of the codebook")
        axes.set_ylabel("principal component 2")
        axes.set_title(heading)
        direction_wheel(axes)


def direction_colors(motion: NDArray[np.float64]) -> NDArray[np.float64]:
    """Colour ``(row, 4)`` by the angle of ``motion (row, 2)``; light grey where it has none."""
    known = np.isfinite(motion).all(axis=1) & (np.abs(motion).sum(axis=1) > 0)
    angle = np.arctan2(motion[:, 1], motion[:, 0])
    colors = HUES(np.where(known, angle, 0) / (2 * np.pi) + 0.5)
    colors[~known] = (0.8, 0.8, 0.8, 1.0)
    return np.asarray(colors, np.float64)


def direction_wheel(axes: Any) -> None:
    """A small wheel beside ``axes`` that says which colour is which direction of the plane."""
    wheel = axes.inset_axes((1.03, 0.62, 0.34, 0.34), projection="polar")
    angles = np.linspace(-np.pi, np.pi, 73)
    wheel.bar(angles, 1, width=2 * np.pi / 72, color=HUES(angles / (2 * np.pi) + 0.5))
    wheel.set_yticks([])
    wheel.set_xticks([0, np.pi / 2, np.pi, 1.5 * np.pi], ["+x", "+y", "-x", "-y"], fontsize=7)
    wheel.tick_params(pad=-2)
    wheel.set_title("motion", fontsize=8)


def _by_dataset(
    panel: Any, points: NDArray[np.float64], datasets: NDArray[np.str_], names: list[str]
) -> None:
    for number, name in enumerate(names):
        own = points[datasets == name]
        panel.scatter(*own.T, s=9, color=CYCLE[number % len(CYCLE)], linewidths=0, label=name)
    panel.legend(fontsize=7, loc="upper left", bbox_to_anchor=(1.0, 1.0))
