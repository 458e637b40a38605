"""Directions of every token as a rose, a row per dataset, with mean direction and resultant length."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.token_angles import TokenAngles
from lapa.evaluation.plots.style import CYCLE, saved_plot
from lapa.evaluation.plots.token_histograms import MAX_DATASETS, MAX_TOKENS, commonest

SECTORS = 16


def plot_token_roses(
    path: Path,
    *,
    codes: NDArray[np.int64],
    dataset: NDArray[np.str_],
    directions: NDArray[np.float64],
    measured: Sequence[TokenAngles],
    heading: str,
) -> None:
    """Draw the commonest tokens of one position.

    Args:
        path: PNG to write.
        codes: ``(pair,)``: at one position.
        dataset: ``(pair,)``.
        directions: ``(pair, 2)``, unit vectors, right and down.
        measured: circular statistics of that position's tokens.
        heading: of the plot.
    """
    tokens, names = commonest(codes, MAX_TOKENS), commonest(dataset, MAX_DATASETS)
    angle = np.arctan2(directions[:, 1], directions[:, 0])
    known = {(of_one.dataset, of_one.code): of_one for of_one in measured}
    size = (1.5 * len(tokens) + 0.8, 1.75 * len(names) + 1.1)
    grid = {"nrows": len(names), "ncols": len(tokens), "squeeze": False}
    with saved_plot(path, figsize=size, subplot_kw={"projection": "polar"}, **grid) as panels:
        for row, name in zip(panels, names, strict=True):
            for panel, token in zip(row, tokens, strict=True):
                chosen = angle[(dataset == name) & (codes == token)]
                _rose(panel, chosen, CYCLE[int(token) % len(CYCLE)])
                _title(panel, int(token), len(chosen), known.get((str(name), int(token))))
            row[0].set_ylabel(name, fontsize=8, labelpad=14)
        panels[0, 0].figure.suptitle(heading, fontsize=10)


def _rose(panel, angles: NDArray[np.float64], color: str) -> None:  # type: ignore[no-untyped-def]
    """Area grows with the share of pairs; down in the picture is down here."""
    width = 2 * np.pi / SECTORS
    sector = np.round(angles / width).astype(np.int64) % SECTORS
    share = np.bincount(sector, minlength=SECTORS) / max(len(angles), 1)
    panel.bar(np.arange(SECTORS) * width, np.sqrt(share), width, color=color, alpha=0.7)
    panel.set_theta_direction(-1)
    panel.set_ylim(0, 1)
    panel.set_yticks([])
    panel.set_xticks(np.arange(4) * np.pi / 2, [])


def _title(panel, token: int, count: int, angles: TokenAngles | None) -> None:  # type: ignore[no-untyped-def]
    if angles is None:
        panel.set_title(f"code {token}, n={count}\ntoo few", fontsize=7)
        return
    panel.annotate(
        "",
        xy=(np.radians(angles.direction), max(angles.resultant, 0.02)),
        xytext=(0, 0),
        arrowprops={"arrowstyle": "-|>", "color": "black", "linewidth": 1.4},
    )
    panel.set_title(
        f"code {token}, n={count}\nR={angles.resultant:.2f}, {angles.direction:.0f}°", fontsize=7
    )
