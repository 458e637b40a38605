"""True motion of each pair, coloured by its code or its sequence: one that means something owns a region."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from lapa.evaluation.codes.associations import Association
from lapa.evaluation.codes.motion_plane import MotionPlane
from lapa.evaluation.plots.style import CYCLE, GRAY, saved_plot

MAX_COLORS = len(CYCLE)
SEQUENCE = "sequence"
MAX_POINTS = 3000
MAX_POSITIONS = 4
MAX_RANKED = 6
"""Sequences with a colour of their own, all before grey in the cycle."""


def plot_code_actions(
    codes: NDArray[np.int64],
    plane: MotionPlane,
    measured: Sequence[Association],
    path: Path,
    *,
    seed: int,
    subject: str = "True motion",
) -> None:
    """Draw one panel per code position, and one for whole sequences.

    Args:
        codes: ``(sample, code)``.
        plane: true motion of the same samples.
        measured: of these codes and actions, for the headings.
        path: PNG to write.
        seed: of the choice of points when there are many.
        subject: what the plane shows.
    """
    shown = np.random.default_rng(seed).permutation(len(codes))[:MAX_POINTS]
    tokens = {f"code {i}": column for i, column in enumerate(codes.T[:MAX_POSITIONS])}
    if codes.shape[1] > 1:
        tokens[SEQUENCE] = _ranked(codes)
    size = (max(2.9 * len(tokens) + 0.6, 5.0), 4.4)
    with saved_plot(
        path, ncols=len(tokens), sharex=True, sharey=True, squeeze=False, figsize=size
    ) as panels:
        for panel, (token, column) in zip(panels[0], tokens.items(), strict=True):
            panel.scatter(*plane.motion[shown].T, c=_colors(token, column[shown]), s=7, lw=0)
            panel.set_title(_heading(token, plane.names, measured), fontsize=9)
            if plane.one_unit:
                panel.set_aspect("equal", adjustable="box")
        _finish(panels[0, 0].figure, plane, int(codes.max()) + 1, f"{subject} of {len(shown)}")


def _finish(figure: Any, plane: MotionPlane, size: int, subject: str) -> None:
    figure.supxlabel(plane.axes[0], fontsize=9)
    figure.supylabel(plane.axes[1], fontsize=9)
    figure.suptitle(
        f"{subject} held-out pairs, coloured by code; sequences: the {MAX_RANKED} commonest, "
        "others grey\n(η²: share of its variance between codes; mutual information in bits, of "
        "at most 3, and that of shuffled codes)",
        fontsize=10,
    )
    if size <= MAX_COLORS:
        dots = [
            Line2D([], [], marker="o", ls="", color=CYCLE[i], label=f"code {i}")
            for i in range(size)
        ]
        figure.legend(handles=dots, loc="outside right center", fontsize=8)


def _ranked(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rank of each pair's sequence, the commonest first; `MAX_RANKED` stands for all that are rarer."""
    _, sequence, counts = np.unique(codes, axis=0, return_inverse=True, return_counts=True)
    rank = np.argsort(np.argsort(-counts, kind="stable"), kind="stable")
    return np.asarray(np.minimum(rank[sequence.ravel()], MAX_RANKED), np.int64)


def _colors(name: str, column: NDArray[np.int64]) -> list[tuple[float, float, float, float]]:
    palette = [to_rgba(color, 0.6) for color in CYCLE]
    if name == SEQUENCE:
        palette[MAX_RANKED] = to_rgba(GRAY, 0.2)
    return [palette[code % MAX_COLORS] for code in column]


def _heading(name: str, dimensions: tuple[str, str], measured: Sequence[Association]) -> str:
    lines = [name if name == SEQUENCE else f"code position {name.removeprefix('code ')}"]
    for dimension in dimensions:
        a = next(a for a in measured if a.token == name and a.dimension == dimension)
        lines.append(
            f"{dimension}: η² {a.eta_squared:.2f}, {a.mutual_information:.2f} bits "
            f"(chance {a.null:.2f})"
        )
    return "\n".join(lines)
