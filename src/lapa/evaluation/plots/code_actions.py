"""True motion of each pair, coloured by its code: a code that means something owns a region."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.colors import to_rgba
from numpy.typing import NDArray

from lapa.evaluation.codes.associations import eta_squared
from lapa.evaluation.plots.style import CYCLE, saved_plot

MAX_COLORS = len(CYCLE)
MAX_POINTS = 3000


def plot_code_actions(
    codes: NDArray[np.int64],
    motion: NDArray[np.floating],
    names: tuple[str, str],
    axes: tuple[str, str],
    path: Path,
    *,
    equal: bool,
    seed: int,
) -> None:
    """Draw one panel per code position.

    Args:
        codes: ``(sample, code)``.
        motion: ``(sample, 2)``, two dimensions of the true motion.
        names: of the two dimensions.
        axes: what each axis shows, with its unit.
        path: PNG to write.
        equal: whether both have one unit, so that the axes may share a scale.
        seed: of the choice of points when there are many.
    """
    shown = np.random.default_rng(seed).permutation(len(codes))[:MAX_POINTS]
    positions = min(codes.shape[1], 4)
    size = (max(2.9 * positions + 0.6, 5.0), 4.0)
    with saved_plot(
        path, ncols=positions, sharex=True, sharey=True, squeeze=False, figsize=size
    ) as panels:
        for position, panel in enumerate(panels[0]):
            column = codes[:, position]
            colors = [to_rgba(CYCLE[c % MAX_COLORS], 0.6) for c in column[shown]]
            panel.scatter(*motion[shown].T, c=colors, s=7, linewidths=0)
            shares = [eta_squared(column, motion[:, i].astype(np.float64)) for i in (0, 1)]
            panel.set_title(
                f"code position {position}\n"
                f"η² {names[0]} {shares[0]:.2f}\nη² {names[1]} {shares[1]:.2f}",
                fontsize=9,
            )
            if equal:
                panel.set_aspect("equal", adjustable="box")
        figure = panels[0, 0].figure
        figure.supxlabel(axes[0], fontsize=9)
        figure.supylabel(axes[1], fontsize=9)
        figure.suptitle(
            f"True motion of {len(shown)} held-out pairs, coloured by code "
            "(η²: share of the motion's variance between codes)",
            fontsize=10,
        )
