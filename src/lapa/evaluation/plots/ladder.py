"""Training and held-out error against the number of training samples."""

from __future__ import annotations

from pathlib import Path

from lapa.evaluation.ladder import Ladder
from lapa.evaluation.plots.style import BLUE, GRAY, ORANGE, saved_plot


def plot_ladder(ladder: Ladder, path: Path) -> None:
    """Draw three lines over a logarithmic axis of samples: training, held out, the control.

    Args:
        ladder: at least one rung.
        path: PNG to write.
    """
    rungs = sorted(ladder.rungs, key=lambda rung: rung.samples)
    samples = [rung.samples for rung in rungs]
    lines = (
        ("on the training samples", [rung.train for rung in rungs], {"color": BLUE, "marker": "o"}),
        ("held out", [rung.held_out for rung in rungs], {"color": ORANGE, "marker": "s"}),
        (ladder.control, [rung.control for rung in rungs], {"color": GRAY, "linestyle": "--"}),
    )
    with saved_plot(path, figsize=(6.4, 3.8)) as axes:
        for label, values, look in lines:
            known = [(x, y) for x, y in zip(samples, values, strict=True) if y is not None]
            if known:
                axes.plot(*zip(*known, strict=True), label=label, **look)
        axes.set_xscale("log")
        axes.set_xticks(samples, [f"{count:,}" for count in samples])
        axes.minorticks_off()
        axes.set_ylim(bottom=0)
        axes.set_xlabel("training samples")
        axes.set_ylabel(ladder.error, fontsize=8)
        axes.set_title(f"Overfit ladder of {ladder.stage}, {rungs[-1].steps} steps a rung")
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=len(lines))
