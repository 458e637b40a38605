"""Closed-loop success per task, arms side by side, with Wilson intervals."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from lapa.evaluation.plots.style import arm_color, saved_plot
from lapa.records import Metric


def plot_success(arms: Mapping[str, Mapping[str, Metric]], path: Path) -> None:
    """Draw one group of bars per task, or task in a variant of the scenes (``TASK/VARIANT``).

    Args:
        arms: success rates with intervals by arm and task, the same tasks in every arm.
        path: PNG to write.
    """
    tasks = list(next(iter(arms.values())))
    width = 0.8 / len(arms)
    with saved_plot(path, figsize=(1.8 + 1.6 * len(tasks), 3.4)) as axes:
        for position, (arm, rates) in enumerate(arms.items()):
            x = np.arange(len(tasks)) + (position - (len(arms) - 1) / 2) * width
            _bars(
                axes, x, list(rates.values()), width=width, arm=arm, color=arm_color(arm, position)
            )
        scenes = {rate.n or 0 for rates in arms.values() for rate in rates.values()}
        names = [task.replace("/", "\n").replace("_", " ") for task in tasks]
        axes.set_xticks(np.arange(len(tasks)), names)
        axes.set_ylim(0, 108)
        axes.set_yticks(range(0, 101, 20))
        axes.set_ylabel("episodes that succeed, %")
        axes.set_title(
            "Closed-loop success on fresh scenes\n"
            f"n = {'/'.join(map(str, sorted(scenes)))} paired scenes per task; "
            "bars: Wilson 95 % interval"
        )
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))


def _bars(axes, x, rates, *, width, arm, color) -> None:  # type: ignore[no-untyped-def]
    values = np.array([100 * rate.value for rate in rates])
    below = values - [100 * (rate.low or 0.0) for rate in rates]
    above = np.array([100 * (rate.high or 0.0) for rate in rates]) - values
    error = np.clip([below, above], 0, None)
    axes.bar(x, values, 0.92 * width, label=arm, color=color, yerr=error, capsize=3)
    for place, value, top in zip(x, values, values + error[1], strict=True):
        axes.text(place, top + 1.5, f"{value:.0f}", ha="center", va="bottom", fontsize=8)
