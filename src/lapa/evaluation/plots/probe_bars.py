"""Probe R² per action dimension: the codes beside everything they must beat."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lapa.evaluation.codes.probe_suite import LABELS, best_read
from lapa.evaluation.codes.probes import ProbeScore
from lapa.evaluation.plots.style import BLUE, GRAY, GREEN, ORANGE, PURPLE, SKY, YELLOW, saved_plot
from lapa.evaluation.statistics.episode_bootstrap import Interval

COLORS = {
    "codes": BLUE,
    "pre_quantized": SKY,
    "state": GREEN,
    "frame_difference": PURPLE,
    "random_codes": ORANGE,
    "random_pre_quantized": YELLOW,
    "shuffled_labels": GRAY,
}
FLOOR = -0.25
"""A probe that generalises badly can be arbitrarily far below zero, which means no more than zero."""
TITLES = {"linear": "linear probe", "mlp": "MLP probe"}
MAX_DIMENSIONS = 8


def plot_probes(scores: Sequence[ProbeScore], path: Path) -> None:
    """Draw one panel per probe kind (linear, MLP), at most `MAX_DIMENSIONS` dimensions."""
    kinds = sorted({score.kind for score in scores})
    every = tuple(dict.fromkeys(score.dimension for score in scores))
    dimensions = best_read(scores)[:MAX_DIMENSIONS]
    size = (max(6.0, 1.6 * len(dimensions) + 1.0), 2.5 * len(kinds) + 1.6)
    with saved_plot(path, nrows=len(kinds), sharex=True, squeeze=False, figsize=size) as panels:
        for panel, kind in zip(panels[:, 0], kinds, strict=True):
            _panel(panel, [s for s in scores if s.kind == kind], dimensions)
            panel.set_ylabel(f"{TITLES[kind]}: held-out R²")
        figure = panels[0, 0].figure
        handles, labels = panels[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=2, fontsize=8)
        figure.suptitle(_heading(scores, len(dimensions), len(every)), fontsize=10)


def _heading(scores: Sequence[ProbeScore], shown: int, every: int) -> str:
    first = scores[0]
    sure = first.interval.low is not None
    chosen = "" if shown == every else f"; the {shown} of {every} dimensions they tell most about"
    return (
        f"Can the true motion over H be read from the latent actions{chosen}?\n"
        f"{first.samples} pairs of {first.episodes} unseen episodes; "
        + ("95 % interval over episodes; " if sure else "too few episodes for an interval; ")
        + f"bars below {FLOOR} are cut"
    )


def _panel(axes, scores, dimensions) -> None:  # type: ignore[no-untyped-def]
    inputs = [name for name in COLORS if any(score.inputs == name for score in scores)]
    width = 0.85 / len(inputs)
    for position, name in enumerate(inputs):
        chosen = {score.dimension: score.interval for score in scores if score.inputs == name}
        shown = [dimension for dimension in dimensions if dimension in chosen]
        x = [dimensions.index(d) + (position - (len(inputs) - 1) / 2) * width for d in shown]
        values = np.maximum([chosen[d].value for d in shown], FLOOR)
        axes.bar(
            x,
            values,
            0.95 * width,
            color=COLORS[name],
            label=LABELS[name].capitalize(),
            yerr=_whiskers([chosen[d] for d in shown], values),
            error_kw={"linewidth": 0.8},
        )
    axes.axhline(0, color="black", linewidth=0.8)
    axes.set_ylim(FLOOR, 1.05)
    crowded = any(len(name) > 10 for name in dimensions)
    turned = {"rotation": 20, "ha": "right"} if crowded else {}
    axes.set_xticks(range(len(dimensions)), dimensions, **turned)


def _whiskers(intervals: Sequence[Interval], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Lengths below and above each bar ``(2, bar)``; none where there is no interval."""
    low = [
        v if i.low is None else max(i.low, FLOOR) for i, v in zip(intervals, values, strict=True)
    ]
    high = [
        v if i.high is None else max(i.high, FLOOR) for i, v in zip(intervals, values, strict=True)
    ]
    return np.clip([values - low, high - values], 0, None)
