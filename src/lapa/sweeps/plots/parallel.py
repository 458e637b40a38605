"""Parallel coordinates: an axis for each parameter and the metric, a line for each trial."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from optuna.trial import FrozenTrial

from lapa.evaluation.plots.style import GRAY, ORANGE, saved_plot
from lapa.params.sweep import SweepParams
from lapa.sweeps.plots.scale import Scale, straight
from lapa.sweeps.shown_trials import completed, pruned
from lapa.sweeps.words import short_name

COLORS = mpl.colormaps["viridis"]


def plot_parallel(trials: Sequence[FrozenTrial], params: SweepParams, path: Path) -> None:
    """Draw complete trials coloured by their value, the best in orange, pruned ones in grey without a value.

    Args:
        trials: of one sweep; at least one is complete.
        params: of the sweep.
        path: PNG to write.
    """
    scales = [Scale(dimension) for dimension in params.space.values()]
    done = [trial for _, trial in completed(trials)]
    values = [float(trial.value or 0) for trial in done]
    metric = straight(values)
    rising = params.metric.direction == "maximize"
    order = sorted(range(len(done)), key=lambda i: values[i], reverse=not rising)
    with saved_plot(path, figsize=(max(4.5, 1.9 * (len(scales) + 1)), 3.6)) as axes:
        for _, trial in pruned(trials):
            axes.plot(
                range(len(scales)), _places(trial, params, scales), color=GRAY, lw=0.7, ls=":"
            )
        for i in order:  # the best last, above all others
            at = metric.place(values[i])
            is_best = i == order[-1]
            axes.plot(
                range(len(scales) + 1),
                [*_places(done[i], params, scales), at],
                color=ORANGE if is_best else COLORS(0.9 * (at if rising else 1 - at)),
                lw=2.4 if is_best else 1.0,
                alpha=1.0 if is_best else 0.75,
            )
        _axes(axes, [*scales, metric], [*map(short_name, params.space), params.metric.name])
        axes.set_title(
            f"orange: the best of {len(done)} trials; light: good, dark: bad; dotted: pruned"
        )


def _places(trial: FrozenTrial, params: SweepParams, scales: Sequence[Scale]) -> list[float]:
    return [
        scale.place(trial.params[name]) for name, scale in zip(params.space, scales, strict=True)
    ]


def _axes(axes: Any, scales: Sequence[Scale], names: Sequence[str]) -> None:
    """Upright axes with their values written beside."""
    axes.grid(visible=False)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.set_yticks([])
    axes.set_ylim(-0.04, 1.04)
    axes.set_xlim(-0.15, len(scales) - 0.5)
    for place, scale in enumerate(scales):
        axes.axvline(place, color="#1d2733", lw=0.8, zorder=0)
        for height, text in scale.ticks():
            axes.text(
                place + 0.03,
                height,
                text,
                fontsize=7.5,
                va="center",
                bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.6},
                zorder=5,
            )
    axes.set_xticks(range(len(names)), [name.replace(".", ".\n", 1) for name in names])
    axes.tick_params(length=0)
