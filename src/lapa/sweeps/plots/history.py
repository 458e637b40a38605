"""The value of every trial in the order in which they were asked for, and the best so far."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

from optuna.trial import FrozenTrial

from lapa.evaluation.plots.style import BLUE, GRAY, ORANGE, saved_plot
from lapa.params.sweep import MetricParams
from lapa.sweeps.shown_trials import completed, pruned


def plot_history(trials: Sequence[FrozenTrial], metric: MetricParams, path: Path) -> None:
    """Draw values as dots, the best so far as a line, and a tick below for each pruned trial.

    Args:
        trials: of one sweep; at least one is complete.
        metric: that is optimised.
        path: PNG to write.
    """
    done = completed(trials)
    numbers, values = [number for number, _ in done], [float(trial.value or 0) for _, trial in done]
    best = list(accumulate(values, max if metric.direction == "maximize" else min))
    with saved_plot(path, figsize=(6.4, 3.2)) as axes:
        axes.step(numbers, best, where="post", color=ORANGE, label="best so far", zorder=2)
        axes.plot(numbers, values, "o", ms=4.5, color=BLUE, label="trial", zorder=3)
        if stopped := [number for number, _ in pruned(trials)]:
            bottom = axes.get_xaxis_transform()
            axes.plot(
                stopped,
                [0.02] * len(stopped),
                "x",
                color=GRAY,
                transform=bottom,
                label="pruned: no value",
                clip_on=False,
            )
        axes.set_xlim(-0.5, len(trials) - 0.5)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.set_xlabel("trials, in the order in which they were asked for")
        axes.set_ylabel(metric.name.rpartition(".")[2])
        axes.set_title(f"{metric.direction} {metric.name}")
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
