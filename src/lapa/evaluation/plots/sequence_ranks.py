"""Rank and frequency of code sequences, beside those that chance makes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from lapa.evaluation.codes.sequence_ranks import SequenceRanks
from lapa.evaluation.plots.style import BLUE, GRAY, GREEN, ORANGE, saved_plot

STYLES = {
    "the quantiser": (BLUE, "-"),
    "positions shuffled": (GREEN, "--"),
    "uniform random codes": (GRAY, ":"),
    "the untrained quantiser": (ORANGE, "-"),
}


def plot_sequence_ranks(ranks: Mapping[str, SequenceRanks], heading: str, path: Path) -> None:
    """Draw share against rank, both logarithmic.

    Args:
        ranks: by one of `STYLES`.
        heading: of the plot.
        path: PNG to write.
    """
    with saved_plot(path, figsize=(7.6, 3.6)) as axes:
        for name, of_one in ranks.items():
            color, line = STYLES[name]
            shares = 100 * of_one.counts / of_one.counts.sum()
            label = f"{name}: {of_one.distinct} sequences, {of_one.entropy:.1f} bits"
            places = np.arange(1, len(shares) + 1)
            axes.plot(places, shares, color=color, ls=line, marker=".", ms=3, label=label)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_major_formatter("{x:g}")
        axes.set_xlabel("rank of the sequence, the commonest first")
        axes.set_ylabel("held-out pairs, %")
        axes.set_title(heading)
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=8)
