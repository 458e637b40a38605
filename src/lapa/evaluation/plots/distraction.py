"""Code flips, and what a probe still reads, against the strength of each nuisance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lapa.evaluation.codes.distracted_scenes import CLEAN, KINDS, NOISE, UNCOMPRESSED
from lapa.evaluation.codes.distraction import Distraction
from lapa.evaluation.plots.style import BLUE, GRAY, ORANGE, saved_plot
from lapa.evaluation.statistics.episode_bootstrap import Interval

COLORS = {"the quantiser": BLUE, "the untrained quantiser": ORANGE}
FLOORS = {NOISE: ("camera noise alone", "--"), UNCOMPRESSED: ("no JPEG", ":")}
QUANTITIES = {"flips": "codes that flip, %", "r2": "R² of a clean probe"}


def plot_distraction(
    measured: Mapping[str, Sequence[Distraction]], heading: str, path: Path
) -> None:
    """Draw one column per nuisance: flips above, R² below, each where it was measured.

    Args:
        measured: by what sentences call the quantiser.
        heading: of the plot.
        path: PNG to write.
    """
    every = [one for of_arm in measured.values() for one in of_arm]
    rows = [name for name in QUANTITIES if any(getattr(one, name) for one in every)]
    with saved_plot(
        path,
        nrows=len(rows),
        ncols=len(KINDS),
        sharex=True,
        sharey="row",
        squeeze=False,
        figsize=(9.6, 2.5 * len(rows) + 1.3),
    ) as panels:
        for quantity, row in zip(rows, panels, strict=True):
            for kind, panel in zip(KINDS, row, strict=True):
                for arm, of_arm in measured.items():
                    _curve(panel, of_arm, kind, quantity, arm)
            row[0].set_ylabel(QUANTITIES[quantity])
        for kind, panel in zip(KINDS, panels[0], strict=True):
            panel.set_title(kind.replace("_", " "))
        for panel in panels[-1]:
            panel.set_xlabel("strength (0: clean)")
        figure = panels[0, 0].figure
        handles, labels = panels[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=3, fontsize=8)
        figure.suptitle(heading, fontsize=10)


def _curve(panel: Any, of_arm: Sequence[Distraction], kind: str, quantity: str, arm: str) -> None:
    scale = 100 if quantity == "flips" else 1
    points = [
        (one.nuisance.strength, interval)
        for one in of_arm
        if one.nuisance.kind in (CLEAN, kind) and (interval := getattr(one, quantity)) is not None
    ]
    if not points:
        return
    x = [strength for strength, _ in points]
    color = COLORS[arm]
    panel.plot(x, [scale * i.value for _, i in points], color=color, marker="o", ms=4, label=arm)
    low, high = (np.array([scale * _end(i, end) for _, i in points]) for end in ("low", "high"))
    panel.fill_between(x, low, high, color=color, alpha=0.2, linewidth=0)
    if arm == "the quantiser":
        for one in of_arm:
            _floor(panel, one, quantity, scale)


def _floor(panel: Any, one: Distraction, quantity: str, scale: float) -> None:
    interval = getattr(one, quantity)
    if one.nuisance.kind in FLOORS and interval is not None:
        label, line = FLOORS[one.nuisance.kind]
        panel.axhline(scale * interval.value, color=GRAY, ls=line, label=f"the quantiser, {label}")


def _end(interval: Interval, end: str) -> float:
    value: float | None = getattr(interval, end)
    return interval.value if value is None else value
