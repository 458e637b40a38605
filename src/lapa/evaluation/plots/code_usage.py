"""How often each code occurs at each position."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lapa.evaluation.plots.style import saved_plot
from lapa.metrics.code_usage import CodeUsage


def plot_code_usage(usage: CodeUsage, path: Path) -> None:
    """Draw the histogram of every position beside the others."""
    positions, size = usage.histogram.shape
    shares = 100 * usage.histogram / usage.histogram.sum(axis=1, keepdims=True)
    with saved_plot(path, figsize=(5.6, 3.0)) as axes:
        width = 0.85 / positions
        for position, share in enumerate(shares):
            x = np.arange(size) + (position - (positions - 1) / 2) * width
            axes.bar(x, share, 0.95 * width, label=f"position {position}")
        axes.axhline(100 / size, color="black", linewidth=0.8, linestyle="--")
        axes.set_xticks(range(size))
        axes.set_xlabel("code (dashed: all equally often)")
        axes.set_ylabel("held-out pairs, %")
        axes.set_title(
            f"Code usage: {usage.utilization:.0%} of {size} codes, perplexity "
            f"{usage.perplexity:.1f}\n{usage.sequences} distinct sequences, entropy "
            f"{usage.sequence_entropy:.1f} of {positions * np.log2(size):.0f} bits; "
            f"n = {usage.histogram[0].sum()} pairs"
        )
        if positions <= 8:
            axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
