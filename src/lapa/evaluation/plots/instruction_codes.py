"""Which codes occur under which instruction."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.plots.style import saved_plot

MAX_GROUPS, MAX_POSITIONS, MAX_CODES, MAX_TEXT = 12, 4, 64, 40


def plot_instruction_codes(
    path: Path,
    *,
    codes: NDArray[np.int64],
    number: NDArray[np.int64],
    names: Sequence[str],
    codebook_size: int,
    heading: str,
) -> None:
    """Draw a row per group of instructions, a panel per code position; every row sums to 1 in each panel.

    Args:
        path: PNG to write.
        codes: ``(pair, position)``.
        number: ``(pair,)``: group of every pair.
        names: of the groups.
        codebook_size: codes there are; the first `MAX_CODES` are drawn.
        heading: of the plot.
    """
    counts = np.bincount(number, minlength=len(names))
    kept = np.argsort(-counts, kind="stable")[:MAX_GROUPS]
    shares = _shares(codes[:, :MAX_POSITIONS], number, kept, codebook_size)
    size = (2.3 * len(shares) + 3.2, 0.3 * len(kept) + 1.6)
    with saved_plot(path, ncols=len(shares), sharey=True, squeeze=False, figsize=size) as panels:
        for position, (panel, share) in enumerate(zip(panels[0], shares, strict=True)):
            image = panel.imshow(share, aspect="auto", cmap="Blues", vmin=0, vmax=shares.max())
            panel.grid(visible=False)
            panel.set_title(f"code position {position}", fontsize=9)
            panel.set_xlabel("code")
            panel.locator_params(axis="x", integer=True)
        labels = [f"{_short(names[group])} (n={counts[group]})" for group in kept]
        panels[0, 0].set_yticks(range(len(kept)), labels, fontsize=8)
        figure = panels[0, 0].figure
        figure.colorbar(image, ax=list(panels[0]), label="share of the pairs of the row")
        figure.suptitle(heading, fontsize=10)


def _shares(
    codes: NDArray[np.int64], number: NDArray[np.int64], groups: NDArray[np.int64], size: int
) -> NDArray[np.float64]:
    """``(position, group, code)``."""
    shown = min(size, MAX_CODES)
    return np.array(
        [
            [
                np.bincount(c[number == g], minlength=size)[:shown] / (number == g).sum()
                for g in groups
            ]
            for c in codes.T
        ]
    )


def _short(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"
