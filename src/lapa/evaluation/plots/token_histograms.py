"""Distribution of a motion for every token, a row per dataset: a token that means one thing looks alike in each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.plots.style import CYCLE, GRAY, saved_plot

MAX_TOKENS, MAX_DATASETS, BINS = 8, 5, 24


def plot_token_histograms(
    path: Path,
    *,
    codes: NDArray[np.int64],
    dataset: NDArray[np.str_],
    values: NDArray[np.floating],
    axis: str,
    heading: str,
) -> None:
    """Draw the commonest tokens of one position.

    Args:
        path: PNG to write.
        codes: ``(pair,)``: at one position.
        dataset: ``(pair,)``.
        values: ``(pair,)``: one motion.
        axis: what it is, with its unit.
        heading: of the plot.
    """
    tokens, names = commonest(codes, MAX_TOKENS), commonest(dataset, MAX_DATASETS)
    low, high = np.quantile(values, (0.01, 0.99))
    edges = np.linspace(low, high, BINS + 1)
    size = (1.35 * len(tokens) + 1.2, 1.25 * len(names) + 1.5)
    grid = {"nrows": len(names), "ncols": len(tokens), "sharex": True, "squeeze": False}
    with saved_plot(path, figsize=size, **grid) as panels:
        for row, name in zip(panels, names, strict=True):
            own = values[dataset == name]
            for panel, token in zip(row, tokens, strict=True):
                chosen = values[(dataset == name) & (codes == token)]
                panel.hist(own, edges, density=True, color=GRAY, alpha=0.3)
                if len(chosen):
                    color = CYCLE[int(token) % len(CYCLE)]
                    panel.hist(chosen, edges, density=True, color=color, alpha=0.8)
                panel.set_yticks([])
                panel.tick_params(labelsize=7)
                panel.text(
                    0.97,
                    0.95,
                    f"n={len(chosen)}",
                    fontsize=7,
                    ha="right",
                    va="top",
                    transform=panel.transAxes,
                    bbox={"facecolor": "white", "alpha": 0.7, "linewidth": 0, "pad": 1},
                )
            row[0].set_ylabel(name, fontsize=8)
        for panel, token in zip(panels[0], tokens, strict=True):
            panel.set_title(f"code {token}", fontsize=9)
        panels[0, 0].figure.supxlabel(axis, fontsize=9)
        panels[0, 0].figure.suptitle(f"{heading}\n(grey: all pairs of the dataset)", fontsize=10)


def commonest(labels: NDArray[np.generic], most: int) -> Sequence[int | str]:
    """The ``most`` commonest labels, sorted."""
    names, counts = np.unique(labels, return_counts=True)
    kept = np.sort(np.argsort(-counts, kind="stable")[:most])
    return list(names[kept].tolist())
